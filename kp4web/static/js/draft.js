/*
 * What is typed is kept: a form with a button [data-draft] is saved within two seconds of typing,
 * again after a failure, and once more while its page closes. A form whose token ran out is sent
 * once more with the renewed token. Without this file the button saves by hand.
 */
"use strict";

(() => {
  const SOON = 2000;
  const AGAIN = 10000;
  const LATER = 30000; /* after a refusal: a warning every two seconds helps nobody */

  /* What is known of each form, by the place of its line "Bewaard om": a swap replaces the form. */
  const forms = new Map();
  const BUTTON = "button[data-draft]";
  const buttonIn = (form) => form?.querySelector?.(BUTTON);
  const placeOf = (button) => button.getAttribute("data-hx-target").slice(1);
  const stateOf = (button) => {
    const place = placeOf(button);
    if (!forms.has(place)) {
      /* typed: counts changes; kept: the change that was saved last; left: sent or thrown away */
      forms.set(place, { place, typed: 0, kept: 0, sending: 0, timer: 0, refused: false, left: false });
    }
    return forms.get(place);
  };
  const buttonOf = (state) => document.querySelector(`${BUTTON}[data-hx-target="#${state.place}"]`);
  const isDirty = (state) => state.typed > state.kept && !state.left;
  const say = (state, text) => document.getElementById(state.place)?.replaceChildren(text);

  const send = (state) => buttonOf(state)?.dispatchEvent(new CustomEvent("draft"));

  const save = (state) => {
    clearTimeout(state.timer);
    state.timer = 0;
    if (isDirty(state)) send(state);
  };

  const saveAll = () => forms.forEach(save);

  const saveIn = (state, milliseconds) => {
    state.timer ||= setTimeout(() => save(state), milliseconds);
  };

  document.addEventListener("input", (event) => {
    const button = buttonIn(event.target.form);
    if (!button) return;
    const state = stateOf(button);
    state.typed += 1;
    state.left = false;
    saveIn(state, state.refused ? LATER : SOON);
  });

  /* The time was "now"; for another day it is unknown. */
  document.addEventListener("change", (event) => {
    const time = event.target.form?.querySelector("input[data-now]");
    if (event.target.name === "held_on" && time && time.value === time.dataset.now) time.value = "";
  });

  const isOurs = (ctx) => ctx.sourceElement?.matches?.(BUTTON);

  document.addEventListener("htmx:before:request", (event) => {
    const { ctx } = event.detail;
    if (!isOurs(ctx)) return;
    const state = stateOf(ctx.sourceElement);
    state.sending = state.typed;
  });

  const failed = (state) => {
    say(state, "Nog niet bewaard. We proberen het opnieuw.");
    saveIn(state, AGAIN);
  };

  const answered = (state, status) => {
    if (status < 400) {
      state.kept = Math.max(state.kept, state.sending);
      if (state.refused) document.getElementById("message")?.replaceChildren();
      state.refused = false;
      if (isDirty(state)) saveIn(state, SOON);
    } else if (status >= 500) {
      failed(state);
    } else {
      state.refused = true;
      say(state, "Niet bewaard. Uw tekst staat nog op het scherm.");
    }
  };

  document.addEventListener("htmx:after:request", (event) => {
    const { ctx } = event.detail;
    if (isOurs(ctx)) return answered(stateOf(ctx.sourceElement), ctx.response.status);
    const button = buttonIn(ctx.sourceElement);
    if (!button || !ctx.sourceElement.matches("form")) return;
    const state = stateOf(button);
    if (ctx.response.headers.has("HX-Redirect")) state.left = true;
    else if (isDirty(state)) saveIn(state, SOON); /* refused; sending it broke off the save */
  });

  document.addEventListener("htmx:error", (event) => {
    const { ctx } = event.detail;
    if (ctx && !ctx.response && isOurs(ctx)) failed(stateOf(ctx.sourceElement));
  });

  /* The token is renewed and the same user is signed in: send once more, by itself. */
  const retried = new WeakSet();

  document.addEventListener("htmx:finally:request", (event) => {
    const { sourceElement, sourceEvent, response } = event.detail.ctx;
    const form = sourceElement?.form ?? sourceElement;
    const user = response?.headers.get("KP4-Token-Renewed");
    if (response?.status !== 401) {
      retried.delete(sourceElement);
    } else if (user && user === document.body.dataset.user && !retried.has(sourceElement)) {
      retried.add(sourceElement);
      if (isOurs(event.detail.ctx)) setTimeout(() => send(stateOf(sourceElement)), 0);
      else if (form?.requestSubmit) setTimeout(() => form.requestSubmit(sourceEvent?.submitter), 0);
    }
  });

  /* Back in this tab, back on the network, or nobody moved for long: what waited is saved. */
  window.addEventListener("online", saveAll);
  window.addEventListener("focus", saveAll);
  document.addEventListener("kp4:save", saveAll);

  /* The last seconds, while the page closes. */
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") return saveAll();
    forms.forEach((state) => {
      const button = buttonOf(state);
      if (!button || !isDirty(state)) return;
      const fields = new URLSearchParams(new FormData(button.form));
      fields.set("concept", "achtergrond");
      navigator.sendBeacon(button.formAction, fields);
    });
  });

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-draft-end]")) return;
    forms.forEach((state) => { state.left = true; });
  });
})();
