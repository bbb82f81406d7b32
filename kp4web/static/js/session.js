/*
 * Warns before a session ends because nobody did anything, and lets it go on. What was typed and
 * not kept yet is saved first. Tabs of one browser tell each other; a computer that slept catches
 * up when it wakes. Without this file a session just ends, and nothing typed is lost by it.
 */
"use strict";

(() => {
  const told = document.body.dataset.sessionEnds;
  if (!told) return;
  const HEADER = "KP4-Session-Ends";
  const SOON = 5 * 60 * 1000;
  const region = document.getElementById("session-warning");
  const others = "BroadcastChannel" in window ? new BroadcastChannel("kp4-session") : null;
  let ends = 0;
  let warnAt = 0;
  let timer = 0;
  let shown = "";

  const show = (kind, ...parts) => {
    if (shown === kind) return;
    shown = kind;
    region.replaceChildren(...parts);
    region.hidden = parts.length === 0;
  };

  const text = (tag, words) => Object.assign(document.createElement(tag), { textContent: words });

  const stayButton = () => {
    const button = text("button", "Ingelogd blijven");
    button.type = "button";
    button.className = "button button--primary";
    button.addEventListener("click", stay);
    return button;
  };

  const signInLink = () => {
    const link = text("a", "Inloggen (opent een nieuw tabblad)");
    Object.assign(link, { href: "/inloggen", target: "_blank", rel: "noopener", className: "button" });
    return link;
  };

  const look = () => {
    clearTimeout(timer);
    const now = Date.now();
    if (now >= ends) {
      show("over", text("p", "U bent uitgelogd, omdat u lang niets deed. Wat u typte staat nog op het scherm."), signInLink());
      return;
    }
    if (now >= warnAt) {
      const minutes = Math.max(1, Math.round((ends - now) / 60000));
      const when = minutes === 1 ? "1 minuut" : `${minutes} minuten`;
      if (shown !== "soon") document.dispatchEvent(new CustomEvent("kp4:save"));
      show("soon", text("p", `Over ${when} wordt u uitgelogd, omdat u niets doet. Wilt u verder werken?`), stayButton());
      timer = setTimeout(look, ends - now);
      return;
    }
    show("");
    timer = setTimeout(look, warnAt - now);
  };

  /* A later end than we knew of: from an answer of the server, or from another tab. */
  const setEnd = (end) => {
    if (end <= ends) return;
    ends = end;
    warnAt = end - Math.min(SOON, (end - Date.now()) / 2);
    look();
  };

  const heard = (seconds) => {
    if (seconds === null || seconds === undefined) return;
    const end = Date.now() + Number(seconds) * 1000;
    setEnd(end);
    others?.postMessage(end);
  };

  const stay = async () => {
    try {
      const answer = await fetch("/account/sessie", { redirect: "manual", cache: "no-store" });
      if (answer.ok) heard(answer.headers.get(HEADER));
      else ends = Math.min(ends, Date.now());
    } catch {
      /* no network: the warning stays, the button can be pressed again */
    }
    look();
  };

  others?.addEventListener("message", (event) => setEnd(event.data));
  document.addEventListener("htmx:after:request", (event) => {
    heard(event.detail.ctx.response?.headers.get(HEADER));
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") look();
  });
  window.addEventListener("focus", look);
  heard(told);
})();
