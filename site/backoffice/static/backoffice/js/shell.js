// Lets Oscar 4.2's dashboard scripts (Bootstrap 4, jQuery plug-ins) live beside Wagtail's on one page.
(function ($) {
  // Both bring `$.fn.modal`. Wagtail's choosers need theirs, and it shows Oscar's dialogs as well.
  if ($.fn.modal.Constructor.VERSION) $.fn.modal.noConflict();
  $(document).off("click.bs.modal.data-api").on("click", "[data-toggle=modal]", function (event) {
    event.preventDefault();
    $(this.dataset.target || this.getAttribute("href")).modal("show");
  });

  // Long texts are plain text areas, or Wagtail's editor where a form says so.
  oscar.dashboard.initWYSIWYG = $.noop;

  // The order page calls what Oscar 4.2 no longer has.
  oscar.dashboard.orders.initTable ??= $.noop;

  // Wagtail's own controls are no Bootstrap selects.
  const initSelects = oscar.dashboard.initSelects;
  oscar.dashboard.initSelects = function (element) {
    $(element).find("#wagtail-sidebar select, .modal select").addClass("no-widget-init");
    initSelects(element);
  };

  // The open tab is part of the address.
  function showTab() {
    $(".oscar [data-toggle=tab]").filter((_, tab) => location.hash && tab.hash === location.hash).tab("show");
  }

  $(function () {
    showTab();
    window.addEventListener("hashchange", showTab);
    $(".oscar").on("shown.bs.tab", "[data-toggle=tab]", (event) => history.replaceState(null, "", event.target.hash));
  });
})(jQuery);
