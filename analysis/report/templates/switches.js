"use strict";
(() => {
  const root = document.documentElement;
  const theme = document.getElementById("theme");
  const systemDark = matchMedia("(prefers-color-scheme: dark)");
  const titles = JSON.parse(document.getElementById("titles").textContent);

  function setLang(lang) {
    root.lang = lang;
    root.dataset.lang = lang;
    document.title = titles[lang];
    for (const button of document.querySelectorAll("[data-set-lang]")) {
      button.setAttribute("aria-pressed", String(button.dataset.setLang === lang));
    }
    document.dispatchEvent(new Event("look"));
  }

  function isDark() {
    return root.dataset.theme ? root.dataset.theme === "dark" : systemDark.matches;
  }

  function setTheme(name) {
    if (name) root.dataset.theme = name;
    theme.setAttribute("aria-pressed", String(isDark()));
    document.dispatchEvent(new Event("look"));
  }

  for (const button of document.querySelectorAll("[data-set-lang]")) {
    button.addEventListener("click", () => setLang(button.dataset.setLang));
  }
  theme.addEventListener("click", () => setTheme(isDark() ? "light" : "dark"));
  systemDark.addEventListener("change", () => setTheme());
  const asked = new URLSearchParams(location.hash.slice(1));
  setTheme(asked.get("theme"));
  const own = (navigator.language || "en").toLowerCase().startsWith("ko") ? "ko" : "en";
  setLang(titles[asked.get("lang")] ? asked.get("lang") : own);
})();
