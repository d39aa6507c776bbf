"""Letters: e-mails through Airflow's SMTP hook that have a plain text beside their page."""

from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from typing import Any

from airflow.providers.smtp.hooks.smtp import SmtpHook


class LetterHook(SmtpHook):
    """The provider's hook sends pages alone: with this one `text` comes along, for readers that show no HTML."""

    def __init__(self, smtp_conn_id: str, text: str) -> None:
        super().__init__(smtp_conn_id)
        self._text = text

    def _build_mime_message(self, *args: Any, **kwargs: Any) -> tuple[MIMEMultipart, list[str]]:
        letter, recipients = super()._build_mime_message(*args, **kwargs)
        # Of alternatives the last is the best: plain text stands before the page.
        letter.set_payload([MIMEText(self._text, "plain", "utf-8"), *letter.get_payload()])
        return letter, recipients
