/* Puts a minus and a plus beside number fields. Without it they are number fields all the same. */
(function () {
  "use strict";
  function button(sign, input, step) {
    var made = document.createElement("button");
    made.type = "button";
    made.className = "button button-secondary portal-count-button";
    made.textContent = sign;
    var label = document.querySelector("label[for='" + input.id + "']");
    made.setAttribute("aria-label", sign + "1 " + (label ? label.textContent.trim() : ""));
    made.addEventListener("click", function () {
      var now = parseInt(input.value, 10) || 0;
      var most = parseInt(input.max, 10) || 999;
      input.value = Math.min(most, Math.max(0, now + step));
    });
    return made;
  }
  document.querySelectorAll("input[data-count]").forEach(function (input) {
    var row = document.createElement("div");
    row.className = "portal-counter";
    input.before(row);
    row.append(button("\u2212", input, -1), input, button("+", input, 1));
  });
}());
