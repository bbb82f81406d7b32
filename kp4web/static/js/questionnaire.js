/*
 * A questionnaire: every answer is saved when it is given, one after the other, and what is being
 * typed is never replaced. Without this file the button of the page saves a whole area.
 */
"use strict";

(() => {
  const SOON = 2000; /* after typing */
  const STEP = 200; /* after a choice: arrow keys pass by the others */
  const AGAIN = 10000; /* after a failure */
  const waiting = new Map(); /* question to save: the button that was pressed, or "" */
  let current = ""; /* the question that is being saved */
  let pressed = "";
  let timer = 0;
  let due = 0; /* when the timer ends */
  let failed = false;
  let renewed = false;
  let onward; /* what to do when everything is saved */
  let within = ""; /* the question that had the focus last */

  const form = () => document.getElementById("questions");
  const saver = () => document.getElementById("saver");
  const place = (id) => document.getElementById(`q-${id}`);
  const idOf = (element) => element?.closest?.("#questions [data-question]")?.dataset.question ?? "";
  const isOurs = (ctx) => ctx?.sourceElement?.id === "saver";
  const say = (id, text) => document.getElementById(`s-${id}`)?.replaceChildren(text);
  const announce = (text) => document.getElementById("announce")?.replaceChildren(text);
  const fieldOf = (id) => {
    const question = place(id);
    return question?.querySelector("input:checked") ?? question?.querySelector("input:not([type=hidden]), textarea");
  };

  /* ------------------------------------------------------------------ the queue */

  const send = () => {
    clearTimeout(timer);
    timer = 0;
    if (current || !saver()) return;
    const next = waiting.entries().next();
    if (next.done) return goOn();
    [current, pressed] = next.value;
    waiting.delete(current);
    saver().dispatchEvent(new CustomEvent("answer"));
  };

  const sendIn = (milliseconds) => {
    const at = Date.now() + milliseconds;
    if (timer && !failed && due < at) return; /* an answer that waits less takes this one along */
    clearTimeout(timer);
    due = at;
    timer = setTimeout(send, milliseconds);
  };

  const save = (id, milliseconds, press = "") => {
    if (!id) return;
    waiting.set(id, press);
    sendIn(milliseconds);
  };

  const goOn = () => {
    const then = onward;
    onward = undefined;
    then?.();
  };

  /* Returns true when something must be saved first; then `then` follows when it is. */
  const savesFirst = (then) => {
    if (!current && !waiting.size) return false;
    onward = then;
    send();
    return true;
  };

  /* Only this question travels, with the names of those on the page. */
  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    if (!isOurs(ctx)) return;
    const body = new FormData();
    for (const [name, value] of new FormData(form())) {
      if (name === "csrf_token" || name.endsWith(`.${current}`)) body.append(name, value);
    }
    body.append("question", current);
    form().querySelectorAll("[data-question]").forEach((question) => {
      body.append("shown", question.dataset.question);
    });
    if (pressed) body.append(pressed, current);
    ctx.request.body = body;
    ctx.request.keepalive = true; /* also while the page closes */
  });

  const waitsAgain = (text, milliseconds) => {
    if (!waiting.has(current)) waiting.set(current, pressed);
    say(current, text);
    failed = true;
    onward = undefined;
    sendIn(milliseconds);
  };

  const answered = (response) => {
    const status = response?.status ?? 0;
    if (status === 401) {
      const again = response.headers.get("KP4-Token-Renewed") === form()?.dataset.user && !renewed;
      renewed = again;
      return waitsAgain("Nog niet bewaard. Log eerst opnieuw in.", again ? 0 : AGAIN);
    }
    if (!status || status >= 500) {
      return waitsAgain("Nog niet bewaard. We proberen het opnieuw.", AGAIN);
    }
    renewed = false;
    if (status >= 400) {
      say(current, "Niet bewaard");
      onward = undefined;
    } else if (failed) {
      failed = false;
      document.getElementById("message")?.replaceChildren();
    }
    return undefined;
  };

  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    if (!isOurs(ctx)) return;
    answered(ctx.response);
    mark(current);
    findFocus();
    current = "";
    if (!failed || !timer) send();
  });

  /* ------------------------------------------------------------------ the page */

  const mark = (id) => {
    const wrong = Boolean(place(id)?.querySelector(".question__problem .field-error"));
    place(id)?.classList.toggle("question--invalid", wrong);
    place(id)?.querySelectorAll("textarea, input[type=text]").forEach((field) => {
      if (wrong) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
    });
  };

  /* A question that vanished under the cursor leaves it at the next one. */
  const findFocus = () => {
    const lost = !document.activeElement || document.activeElement === document.body;
    if (!lost || !within) return;
    const all = [...(form()?.querySelectorAll(".question") ?? [])];
    const from = all.indexOf(place(within));
    if (from < 0) return;
    const next = all.slice(from).find((one) => !one.hidden) ?? all.findLast((one) => !one.hidden);
    fieldOf(next?.dataset.question)?.focus({ preventScroll: false });
  };

  document.addEventListener("focusin", ({ target }) => {
    within = idOf(target);
  });

  /* What cannot go together leaves each other, as on paper: the last choice counts. */
  const kept = new WeakMap();

  const choose = (box) => {
    const question = place(idOf(box));
    if (!question || box.type !== "checkbox") return;
    const others = [...question.querySelectorAll("input[type=checkbox]")].filter((one) => one !== box);
    const field = question.querySelector("textarea, input[type=text]");
    if (box.checked) {
      others.filter((one) => box.matches("[data-alone]") || one.matches("[data-alone]"))
        .forEach((one) => { one.checked = false; });
    }
    if (!field) return;
    if (box.checked && field.value) kept.set(field, field.value);
    field.value = box.checked ? "" : kept.get(field) ?? field.value;
  };

  const isTyped = (target) => target.matches("textarea, input[type=text]");

  document.addEventListener("input", ({ target }) => {
    const id = idOf(target);
    if (!id || !isTyped(target)) return;
    if (target.value) {
      place(id).querySelectorAll("input[type=checkbox]").forEach((box) => { box.checked = false; });
    }
    save(id, SOON);
  });

  document.addEventListener("change", ({ target }) => {
    const id = idOf(target);
    if (!id) return;
    choose(target);
    save(id, isTyped(target) ? 0 : STEP);
  });

  const clear = (id) => {
    place(id)?.querySelectorAll("input:checked").forEach((one) => { one.checked = false; });
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("#questions button[name]");
    if (button) {
      event.preventDefault();
      const id = button.value;
      if (button.name === "clear") clear(id);
      within = id;
      save(id, 0, button.name);
      return;
    }
    const link = event.target.closest?.("#questionnaire a[data-hx-get]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && leave(link)) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }, { capture: true });

  /* Returns true when the page must stay for now: an answer is not saved yet, or does not fit. */
  const leave = (link) => {
    if (savesFirst(() => link.click())) return true;
    const wrong = form()?.querySelector(".question__problem > *");
    if (!wrong || link.dataset.sure) return false;
    link.dataset.sure = "1";
    fieldOf(idOf(wrong))?.focus();
    announce("Dit antwoord is nog niet bewaard.");
    return true;
  };

  window.addEventListener("submit", (event) => {
    if (event.target.id !== "questions") return;
    const { target, submitter } = event;
    if (savesFirst(() => target.requestSubmit(submitter))) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }, { capture: true });

  /* Enter in a field is not the end of the page. */
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("#questions input")) return;
    event.preventDefault();
    if (waiting.has(idOf(event.target))) send();
  });

  document.addEventListener("htmx:after:settle", ({ detail: { task } }) => {
    if (task.type === "main") within = "";
  });

  /* Back on the network or in this tab, and while the page closes: save what waits. */
  window.addEventListener("online", send);
  window.addEventListener("focus", send);
  document.addEventListener("visibilitychange", send);
  window.addEventListener("beforeunload", (event) => {
    send();
    if (failed && waiting.size) event.preventDefault();
  });
})();
