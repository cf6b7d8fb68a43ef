/*
 * The door list without network: every tick is kept on the phone until the server has it, and sent again until then.
 * Each has an id of its own, so that one sent twice counts once. Kept are numbers only, no names.
 * Without this script each button is a plain form.
 */
(function () {
  "use strict";
  var list = document.querySelector("[data-door]");
  if (!list) {
    return;
  }
  var KEY = "door:" + list.dataset.door;
  var RETRY = 5000;
  var status = list.querySelector("[data-door-status]");
  var token = list.querySelector("input[name='csrfmiddlewaretoken']").value;
  var isSending = false;
  var timer = null;

  function waiting() {
    try {
      return JSON.parse(window.localStorage.getItem(KEY)) || [];
    } catch (error) {
      return [];
    }
  }

  function keep(ticks) {
    if (ticks.length) {
      window.localStorage.setItem(KEY, JSON.stringify(ticks));
    } else {
      window.localStorage.removeItem(KEY);
    }
  }

  function say(name) {
    status.textContent = name ? list.dataset[name].replace("#", waiting().length) : "";
    status.className = "portal-door-status no-print" + (name ? " is-" + name : "");
  }

  function show(row, arrived) {
    row.dataset.arrived = arrived;
    row.classList.toggle("is-here", arrived > 0 && !("without" in row.dataset));
    var count = row.querySelector("[data-door-count]");
    if (count) {
      count.textContent = arrived;
    }
    var toggle = row.querySelector("[data-toggle]");
    if (toggle) {
      toggle.setAttribute("aria-pressed", arrived > 0 ? "true" : "false");
    }
    var total = 0;
    list.querySelectorAll("[data-arrived]").forEach(function (one) {
      total += parseInt(one.dataset.arrived, 10);
    });
    list.querySelector("[data-door-total]").textContent = total;
  }

  function rowOf(booked) {
    return document.getElementById(booked ? "tilmelding-" + booked : "uden-tilmelding");
  }

  function apply(tick) {
    var row = rowOf(tick.booked);
    if (row) {
      var now = parseInt(row.dataset.arrived, 10);
      show(row, tick.booked ? tick.people : Math.max(0, now + tick.people));
    }
  }

  function newId() {
    var bytes = window.crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, function (byte) {
      return byte.toString(16).padStart(2, "0");
    }).join("");
  }

  function later() {
    window.clearTimeout(timer);
    timer = window.setTimeout(send, RETRY);
  }

  function send() {
    var ticks = waiting();
    if (isSending || !ticks.length) {
      return;
    }
    isSending = true;
    var tick = ticks[0];
    var body = new URLSearchParams({
      csrfmiddlewaretoken: token,
      booked: tick.booked,
      people: tick.people,
      client_id: tick.id,
      made_at: tick.at
    });
    fetch(window.location.pathname, {
      method: "POST",
      body: body,
      headers: { Accept: "application/json" },
      credentials: "same-origin",
      redirect: "manual"
    }).then(function (response) {
      isSending = false;
      var isRefused = [404, 410, 422].indexOf(response.status) >= 0;
      if (!response.ok && !isRefused) {
        say(response.type === "opaqueredirect" || response.status === 403 ? "login" : "waiting");
        later();
        return;
      }
      keep(waiting().filter(function (one) {
        return one.id !== tick.id;
      }));
      if (isRefused) {
        say("refused");
      } else if (waiting().length) {
        send();
      } else {
        say("sent");
      }
    }).catch(function () {
      isSending = false;
      say("waiting");
      later();
    });
  }

  list.addEventListener("click", function (event) {
    var button = event.target.closest("button[name='people']");
    if (!button) {
      return;
    }
    var row = button.closest("[data-arrived]");
    var arrived = parseInt(row.dataset.arrived, 10);
    var people;
    if ("without" in row.dataset) {
      people = parseInt(button.dataset.step, 10);
      if (arrived + people < 0) {
        event.preventDefault();
        return;
      }
    } else if ("toggle" in button.dataset) {
      people = arrived ? 0 : parseInt(row.dataset.seats, 10);
    } else {
      people = Math.min(parseInt(row.dataset.seats, 10), Math.max(0, arrived + parseInt(button.dataset.step, 10)));
    }
    var tick = {
      id: newId(),
      booked: row.querySelector("input[name='booked']").value,
      people: people,
      at: new Date().toISOString()
    };
    try {
      keep(waiting().concat([tick]));
    } catch (error) {
      return; // No storage: the plain form sends it.
    }
    event.preventDefault();
    apply(tick);
    send();
  });

  window.addEventListener("online", send);
  document.addEventListener("visibilitychange", send);
  waiting().forEach(apply);
  send();
}());
