/* Makes pages that work without it a little nicer. Nothing may depend on it. */
(function () {
  "use strict";
  document.documentElement.classList.add("has-js");
  if (window.DKFDS) {
    window.DKFDS.init();
  }
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-print]");
    if (button) {
      window.print();
    }
  });
  // The fold-out menu closes with Escape and gives the focus back.
  document.addEventListener("keydown", function (event) {
    var menu = document.querySelector(".menu-drawer[open]");
    if (event.key === "Escape" && menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  // On a wide screen filters lie open; a phone folds them away.
  if (window.matchMedia("(min-width: 62em)").matches) {
    document.querySelectorAll(".portal-filter > details").forEach(function (details) {
      details.open = true;
    });
  }
}());
