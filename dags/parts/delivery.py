"""Delivery: a run's message to Slack and e-mail through Airflow's connections, the same words once per channel."""

import logging
import os
import smtplib
from collections.abc import Callable, Collection, Mapping
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, Final
from urllib.error import URLError

from airflow.sdk import BaseHook
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowNotFoundException

if TYPE_CHECKING:
    from airflow.sdk import Connection

    from analysis.message import Message
    from scrapers.store import Store

log = logging.getLogger(__name__)
_SDK: Final = log.getChild("slack_sdk")
# Slack's library logs the address that it asks when it is asked to log everything; that of a webhook is a secret.
_SDK.setLevel(logging.WARNING)

SLACK, EMAIL = "slack", "email"
CHANNELS: Final = (SLACK, EMAIL)
SLACK_CONN: Final = "slack_alerts"
SMTP_CONN: Final = "smtp_alerts"
MAIL_TO: Final = "AIRFLOW_DEMAND_MAIL_TO"
REQUIRED: Final = "AIRFLOW_DEMAND_REQUIRE"
"""The variable with the channels without which a run fails at its start; none unless it is set."""
TELL: Final = "AIRFLOW_DEMAND_TELL"
"""The variable with the channels of all messages, both unless it is set; `_ACT_NOW`, `_THIS_WEEK` or `_INFO` behind it
is that of one severity. Channels are slack and email, with a comma between them, or none."""
LANG: Final = "AIRFLOW_DEMAND_LANG"
SEVERITIES: Final = ("act_now", "this_week", "info")
FAULTS: Final = (AirflowException, smtplib.SMTPException, HTTPException, OSError, ValueError)
"""What the hooks raise when a channel cannot be reached, refuses or is set up wrongly."""
_OWED: Final = 4
"""Messages of earlier runs that are tried once more at the end of a run."""
# No retries inside a hook: after a broken connection it would send again what may have arrived.
_CLIENT: Final[dict[str, Any]] = {"timeout": 30, "retry_handlers": [], "logger": _SDK}
_ADD: Final = {
    SLACK: "Slack is not set up: add the connection slack_alerts of type Slack Incoming Webhook (password: what "
    "follows /services/ in the webhook's address), or set AIRFLOW_CONN_SLACK_ALERTS",
    EMAIL: "e-mail is not set up: add the connection smtp_alerts of type SMTP with host and from_email, or set "
    "AIRFLOW_CONN_SMTP_ALERTS, and name who is told in AIRFLOW_DEMAND_MAIL_TO",
}


class DeliveryError(AirflowException):
    """A message did not go out on some channel; the message names the channels and why, on one line."""


def language() -> str:
    """Return the language of messages, "en" unless AIRFLOW_DEMAND_LANG says "ko"."""
    return "ko" if os.environ.get(LANG, "").lower().startswith("ko") else "en"


def channels_for(severity: str) -> list[str]:
    """Return the channels on which messages of a severity go out. Raises AirflowFailException for an unknown one."""
    name = f"{TELL}_{severity.upper()}"
    return _channels(name if name in os.environ else TELL, ",".join(CHANNELS))


def check_connections(required: Collection[str] | None = None) -> list[str]:
    """Return the channels that are in use and not set up, each told in the log with how to add it.

    Raises AirflowFailException when one of `required` (default: what AIRFLOW_DEMAND_REQUIRE names) is among them: a
    retry would find nothing else.
    """
    must = _channels(REQUIRED, "") if required is None else list(required)
    used = {channel for severity in SEVERITIES for channel in channels_for(severity)}
    missing = [channel for channel in CHANNELS if channel in used | set(must) and not _is_set_up(channel)]
    for channel in missing:
        log.warning("%s", _ADD[channel])
    if lacking := [_ADD[channel] for channel in missing if channel in must]:
        raise AirflowFailException("; ".join(lacking))
    return missing


def deliver(store: "Store", message: "Message") -> dict[str, str]:
    """Send a message on the channels of its severity; returns by channel: sent, told before, not set up or uncertain.

    Before and after sending a mark is left in the data root. A task that is killed between the two, or to which the
    channel did not answer, cannot know whether the words went out: Slack cannot recognise a repeat, so it is not asked
    again ("uncertain", and the log says so); an e-mail goes out again under the same Message-ID, by which mail servers
    and readers drop the second. One channel's failure does not keep another from being told; at the end DeliveryError
    names those that failed.
    """
    outcomes, failures = dict[str, str](), list[str]()
    for channel in channels_for(message.severity):
        try:
            outcomes[channel] = _tell(store, message, channel)
        except FAULTS as error:
            failures.append(f"{channel}: {_in_a_line(error, channel)}")
    for channel, outcome in outcomes.items():
        log.info("%s: %s", channel, outcome)
    if failures:
        # Without the cause: what a server answered stays out of the log beyond this line.
        raise DeliveryError("message not delivered: " + "; ".join(failures)) from None
    return outcomes


def deliver_owed(store: "Store", dag: str, but: str) -> None:
    """Send the latest messages of other runs than `but` which some channel refused; what fails again stays owed."""
    from analysis.message import delivered, read_message

    runs = [run for run in delivered.owed(store, dag) if run != but]
    for message in (read_message(store, dag, run) for run in runs[-_OWED:]):
        try:
            if message:
                deliver(store, message)
        except DeliveryError as error:
            log.warning("%s, still: %s", message.run if message else dag, error)


def tell_failure(
    context: Mapping[str, Any], run: str, *, composed: str = "", asked: str = "", lang: str | None = None
) -> None:
    """Send what is known of a run whose own message did not go out on all channels; for callbacks.

    `context` is what Airflow hands to a failure callback, `run` the name of the run, `composed` the digest of the
    message that its summary wrote before it failed: that one is sent. `asked` and `lang` are as of
    `analysis.message.compose`, `lang` unless given that of the settings.
    """
    from analysis.message import compose, read_message
    from analysis.message.words import say
    from scrapers.store import Store, default_root

    lang = lang or language()
    store, dag = Store(default_root()), context["dag"].dag_id
    written = read_message(store, dag, run) if composed else None
    if written and written.digest == composed:
        deliver(store, written)
        return
    # Of a run that failed Airflow names a reason, but only this one says more than that.
    timeout = say(lang, "too_long") if context.get("reason") == "timed_out" else ""
    error = next(iter(str(context.get("exception") or timeout).splitlines()), "")
    states, errors = {"summary": "failed"}, {"summary": error} if error else {}
    deliver(store, compose(store, run, dag=dag, states=states, errors=errors, lang=lang, asked=asked))


def _tell(store: "Store", message: "Message", channel: str) -> str:
    from analysis.message import delivered

    if delivered.is_told(store, message, channel):
        delivered.unmark_begun(store, message, channel)
        return "told before"
    if not _is_set_up(channel):
        return "not set up"
    if channel == SLACK and delivered.is_begun(store, message, channel):
        log.warning(
            "a task was killed or cut off while it told Slack; not sent again, for Slack cannot recognise a repeat"
        )
        return "uncertain"
    delivered.mark_begun(store, message, channel)
    try:
        receipt = _SENDERS[channel](store, message)
    except FAULTS as error:
        if channel == EMAIL or _is_refused(error):
            delivered.mark_refused(store, message, channel)
        raise
    delivered.mark_told(store, message, channel, receipt)
    return "sent"


def _is_refused(error: Exception) -> bool:
    """True when the words surely did not arrive: an answer that says so, or a request that was not sent whole."""
    return isinstance(error, (AirflowException, URLError)) or not isinstance(error, (HTTPException, OSError))


def _send_slack(store: "Store", message: "Message") -> dict[str, str]:
    from airflow.providers.slack.hooks.slack_webhook import SlackWebhookHook

    from analysis.message.as_slack import blocks, neutral

    body = {"text": neutral(message.subject), "blocks": blocks(message.text), "unfurl_links": False}
    if BaseHook.get_connection(SLACK_CONN).conn_type == "slack":
        return _post_slack(store, message, body)
    SlackWebhookHook(slack_webhook_conn_id=SLACK_CONN, **_CLIENT).send_dict(body)
    return {}


def _post_slack(store: "Store", message: "Message", body: dict[str, Any]) -> dict[str, str]:
    """By the API instead of a webhook: only there can a repeat be put under the message that told of it first."""
    from airflow.providers.slack.hooks.slack import SlackHook
    from slack_sdk.errors import SlackClientError

    from analysis.message.delivered import receipt_of

    extra = BaseHook.get_connection(SLACK_CONN).extra_dejson
    if "channel" not in extra:
        raise DeliveryError("the connection slack_alerts of type Slack API needs a channel in its extra")
    first = receipt_of(store, message.dag, message.thread, SLACK) if message.thread else {}
    thread = {"thread_ts": first["ts"]} if first.get("ts") else {}
    hook = SlackHook(slack_conn_id=SLACK_CONN, **_CLIENT)
    try:
        answer = hook.call("chat.postMessage", json={"channel": extra["channel"], **body, **thread})
    except SlackClientError as error:
        raise DeliveryError(" ".join(str(error).split())) from None
    return {"ts": str(first.get("ts") or answer["ts"])}


def _send_email(store: "Store", message: "Message") -> dict[str, str]:
    from analysis.message.delivered import receipt_of
    from dags.parts.letters import LetterHook

    sender = str(BaseHook.get_connection(SMTP_CONN).extra_dejson["from_email"])
    name = f"<{message.digest}.{message.dag}@{sender.rpartition('@')[2].strip('>')}>"
    first = receipt_of(store, message.dag, message.thread, EMAIL).get("id") if message.thread else None
    headers = {"Message-ID": name} | ({"In-Reply-To": first, "References": first} if first else {})
    to = [address.strip() for address in os.environ[MAIL_TO].split(",") if address.strip()]
    with LetterHook(SMTP_CONN, message.markdown) as hook:
        hook.send_email_smtp(
            to=to,
            subject=message.subject,
            html_content=message.html,
            mime_subtype="alternative",
            custom_headers=headers,
        )
    return {"id": name}


_SENDERS: Final[Mapping[str, Callable[..., dict[str, str]]]] = {SLACK: _send_slack, EMAIL: _send_email}


def _is_set_up(channel: str) -> bool:
    if channel == SLACK:
        conn = _connection(SLACK_CONN)
        return bool(conn and (conn.password or "").strip())
    conn = _connection(SMTP_CONN)
    has_sender = bool(conn and conn.host and conn.extra_dejson.get("from_email"))
    return has_sender and bool(os.environ.get(MAIL_TO, "").strip(" ,"))


def _connection(name: str) -> "Connection | None":
    try:
        return BaseHook.get_connection(name)
    except AirflowNotFoundException:
        return None


def _channels(variable: str, default: str) -> list[str]:
    named = [word for word in os.environ.get(variable, default).replace(" ", "").lower().split(",") if word]
    if unknown := [word for word in named if word not in (*CHANNELS, "none")]:
        raise AirflowFailException(f"{variable} names {', '.join(unknown)}: channels are {', '.join(CHANNELS)} or none")
    return [channel for channel in CHANNELS if channel in named]


def _in_a_line(error: Exception, channel: str) -> str:
    """What went wrong, without the password of the connection: a server may answer with what it was sent."""
    conn = _connection(SLACK_CONN if channel == SLACK else SMTP_CONN)
    text = " ".join(str(error).split()) or type(error).__name__
    secrets = [conn.password, conn.password.rsplit("/services/", 1)[-1]] if conn and conn.password else []
    for secret in secrets:
        text = text.replace(secret, "***")
    return text[:300]
