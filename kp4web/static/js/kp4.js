/* Small helpers around htmx 4 and plain forms. Every page works without this file. */
"use strict";

(() => {
  const message = () => document.getElementById("message");

  /* Focus: to the errors, to what the page asks for, or to the heading when focus got lost. */
  const focusOn = (element) => {
    if (!element.matches("a[href], button, input, select, textarea, summary, [tabindex]")) {
      element.tabIndex = -1;
    }
    element.focus();
    if (element.dataset.caret) {
      element.setSelectionRange(element.dataset.caret, element.dataset.caret);
      element.dispatchEvent(new Event("input", { bubbles: true })); /* the text is new: keep it */
    }
  };

  const placeFocus = (nodes) => {
    const roots = nodes.filter((node) => node.nodeType === Node.ELEMENT_NODE);
    const first = (selector) => {
      for (const root of roots) {
        const found = root.matches(selector) ? root : root.querySelector(selector);
        if (found) return found;
      }
      return null;
    };
    const wanted = first(".error-summary") ?? first("[data-focus]");
    if (wanted) return focusOn(wanted);
    const lost = !document.activeElement || document.activeElement === document.body;
    const heading = lost && first("h1, h2, h3");
    return heading ? focusOn(heading) : undefined;
  };

  /* What only works with this script is hidden until it runs. */
  const reveal = (root) => {
    root.querySelectorAll("[data-needs-script][hidden]").forEach((element) => {
      element.hidden = false;
    });
  };

  /* A renewed token goes into every waiting form. */
  const spreadToken = () => {
    const token = document.getElementById("csrf-token")?.value;
    if (!token) return;
    document.querySelectorAll('input[name="csrf_token"]').forEach((input) => {
      input.value = token;
    });
  };

  /* The connection: a banner while it is gone, taken away by the first answer. */
  const showBanner = (text) => {
    const area = message();
    if (!area || area.querySelector("[data-banner]")) return;
    const banner = document.createElement("div");
    banner.className = "alert alert--danger";
    banner.dataset.banner = "";
    const body = document.createElement("p");
    body.className = "alert__body";
    body.textContent = text;
    banner.append(body);
    area.replaceChildren(banner);
  };

  const hideBanner = () => message()?.querySelector("[data-banner]")?.remove();

  /* A form is sent once; the button keeps its name, value and focus. */
  const release = (form) => {
    delete form.dataset.busy;
    form.querySelectorAll('[aria-disabled="true"]').forEach((button) => {
      button.removeAttribute("aria-disabled");
    });
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.busy !== undefined) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    form.dataset.busy = "";
    event.submitter?.setAttribute("aria-disabled", "true");
    setTimeout(() => release(form), 15000);
  }, { capture: true });

  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-busy]").forEach(release);
  });

  document.addEventListener("htmx:after:settle", (event) => {
    const { task, newContent } = event.detail;
    spreadToken();
    newContent.filter((node) => node.querySelectorAll).forEach(reveal);
    if (task.type === "main" && task.target.id !== "message") placeFocus(newContent);
  });

  document.addEventListener("htmx:before:request", (event) => {
    if (event.detail.ctx.sourceEvent?.type === "submit") {
      document.getElementById("status")?.replaceChildren();
    }
  });

  document.addEventListener("htmx:after:request", (event) => {
    const { response, sourceEvent } = event.detail.ctx;
    if (![502, 503, 504].includes(response.status)) hideBanner();
    if (response.status < 400 && sourceEvent?.type === "submit") message()?.replaceChildren();
  });

  document.addEventListener("htmx:response:error", (event) => {
    if ([502, 503, 504].includes(event.detail.ctx.response.status)) {
      showBanner("Het systeem is even niet bereikbaar. Uw tekst staat nog op het scherm.");
    }
  });

  document.addEventListener("htmx:error", (event) => {
    if (event.detail.ctx && !event.detail.ctx.response) {
      showBanner("Geen verbinding. Uw tekst staat nog op het scherm.");
    }
  });

  document.addEventListener("htmx:finally:request", (event) => {
    const { sourceEvent, request } = event.detail.ctx;
    if (sourceEvent?.type === "submit" && request.form) release(request.form);
  });

  window.addEventListener("online", hideBanner);

  /* The print button. */
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });

  /* Quick picks fill a field and tell the form that it changed. */
  const markPicks = (field) => {
    document.querySelectorAll(`[data-fill="#${CSS.escape(field.id)}"]`).forEach((button) => {
      button.setAttribute("aria-pressed", String(button.dataset.value === field.value));
    });
  };

  document.addEventListener("click", (event) => {
    const pick = event.target.closest("[data-fill]");
    if (pick) {
      const field = document.querySelector(pick.dataset.fill);
      if (!field) return;
      field.value = pick.dataset.value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
      return;
    }
    /* An open menu in a row closes when one clicks elsewhere. */
    document.querySelectorAll(".unfold[open]").forEach((open) => {
      if (!open.contains(event.target)) open.open = false;
    });
  });

  /* What a row unfolds is fetched when it first opens: the form instead of the link to its page. */
  document.addEventListener("toggle", ({ target: details }) => {
    const link = details.open && details.matches(".unfold") && details.querySelector(":scope > div > a:only-child");
    if (!link) return;
    const place = [...document.querySelectorAll("#worklist .due")].indexOf(details.closest(".due"));
    htmx.ajax("GET", link.getAttribute("href"), {
      source: details.querySelector("summary"),
      target: link.parentElement,
      values: place < 0 ? {} : { rij: place }, /* the focus comes back to this row of the list */
    });
  }, { capture: true });

  document.addEventListener("change", (event) => {
    if (event.target.id) markPicks(event.target);
  });

  /* One box ticks all boxes of its form with that name, and follows them. */
  document.addEventListener("change", ({ target }) => {
    const boxes = (name) => [...(target.form?.querySelectorAll(`input[type="checkbox"][name="${CSS.escape(name)}"]`) ?? [])];
    if (target.dataset.checkAll) {
      boxes(target.dataset.checkAll).forEach((box) => { box.checked = target.checked; });
      return;
    }
    const all = target.form?.querySelector("[data-check-all]");
    if (all && target.name === all.dataset.checkAll) {
      all.checked = boxes(target.name).every((box) => box.checked);
    }
  });

  /* Keys that do something by themselves; each says whether it did. */
  const SHORTCUTS = {
    "/": () => {
      const search = document.getElementById("search-term");
      search?.focus();
      search?.select();
      return Boolean(search);
    },
    "?": () => {
      const shown = document.getElementById("shortcuts");
      shown?.showModal();
      return Boolean(shown);
    },
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const open = document.activeElement?.closest(".unfold[open]");
      if (open) {
        open.open = false;
        open.querySelector("summary").focus();
      }
      return;
    }
    /* Single keys: not while typing, and only for who has them on (WCAG 2.1.4). */
    if (document.body.dataset.shortcuts === undefined || event.isComposing) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
    const act = SHORTCUTS[event.key];
    if (act?.()) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    event.target.closest("[data-close]")?.closest("dialog").close();
  });

  document.addEventListener("DOMContentLoaded", () => {
    reveal(document);
    document.querySelectorAll("[data-fill]").forEach((button) => {
      const field = document.querySelector(button.dataset.fill);
      if (field?.value) markPicks(field);
    });
    const summary = document.querySelector(".error-summary");
    if (summary) focusOn(summary);
  });
})();
