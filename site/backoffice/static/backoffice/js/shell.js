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

  // Wagtail's own controls are no Bootstrap selects.
  const initSelects = oscar.dashboard.initSelects;
  oscar.dashboard.initSelects = function (element) {
    $(element).find("#wagtail-sidebar select, .modal select").addClass("no-widget-init");
    initSelects(element);
  };

  $(function () {
    const tab = location.hash && document.querySelector(`.oscar [data-toggle=tab][href="${CSS.escape(location.hash).replace("\\#", "#")}"]`);
    if (tab) $(tab).tab("show");
    $(".oscar").on("shown.bs.tab", "[data-toggle=tab]", (event) => history.replaceState(null, "", event.target.hash));
  });
})(jQuery);
