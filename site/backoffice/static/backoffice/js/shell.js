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

  // Each tab says how many errors it holds, and one that has some is open. Oscar 4.2 marks tabs by a nameless icon.
  function countErrors() {
    const ofPane = ".errorlist li, .error-block li, .error-block:not(:empty):not(:has(li))";
    const wrong = $(".tab-nav [data-toggle=tab]").filter((_, tab) => {
      const count = $(tab.hash).find(ofPane).length;
      if (!count) return false;
      const label = interpolate(ngettext("%(num)s error", "%(num)s errors", count), { num: count }, true);
      $(tab).children("i").remove();
      $("<span>", { class: "tab-errors", role: "img", "aria-label": label, title: label, text: count }).appendTo(tab);
      return true;
    });
    if (!wrong.is(".active")) wrong.first().tab("show");
  }

  // What Oscar 4.2's templates leave without a name or a role (WCAG 1.3.1, 4.1.2).
  function nameControls() {
    const oscarPage = $(".oscar");
    oscarPage.find("dl.bar-chart").attr({ role: "img", "aria-label": $(".bar-caption h2").text() });
    oscarPage.find("dl.bar-chart dd").attr("role", "presentation");
    oscarPage.find(".bs-docs-sidenav:has([data-toggle=tab])").attr("role", "tablist");
    oscarPage.find("[role=tablist] > li").attr("role", "presentation").children("a").each((_, tab) => {
      $(tab).attr({ role: "tab", "aria-controls": tab.hash.slice(1), "aria-selected": $(tab).hasClass("active") });
    });
    oscarPage.find("th a[href*='sort=checkbox']").contents().unwrap();
    oscarPage.find("[name=select_all], [data-behaviours~=select-all]").attr("aria-label", gettext("Select all"));
    oscarPage.find("td :checkbox, [name^=selected_line_qty]").not("[id], [aria-label]").attr("aria-label", function () {
      return $(this).closest("tr").find("a").first().text().trim();
    });
  }

  // Select2 puts a field of its own in place of a select, and leaves the label with what it hides.
  function nameSelects() {
    $(".oscar select.select2-hidden-accessible").each((_, select) => {
      const label = select.labels[0];
      if (!label) return;
      label.id ||= `${select.id}-label`;
      const field = $(select).next(".select2");
      field.find("[role=textbox]").attr("aria-labelledby", label.id);
      field.find("[role=combobox]").attr("aria-labelledby", (_, value) => [label.id, value].filter(Boolean).join(" "));
      field.find(".select2-search__field").attr("aria-labelledby", label.id);
    });
  }

  // Oscar's headings step from h1 to h3: each gets the level below the heading it belongs to (WCAG 1.3.1).
  function nestHeadings() {
    const open = [];
    $(".oscar :header").each((_, heading) => {
      const rank = Number(heading.tagName[1]);
      while (open.length && open.at(-1) >= rank) open.pop();
      open.push(rank);
      if (open.length !== rank) heading.setAttribute("aria-level", open.length);
    });
  }

  // A table that is wider than the screen scrolls in a frame of its own, by keyboard too (WCAG 2.1.1).
  function frameTables() {
    $(".oscar .table").not(".table-responsive > *").wrap('<div class="table-responsive"></div>');
  }

  function reachScrollers() {
    $(".oscar .table-responsive").each((_, frame) => {
      if (frame.scrollWidth > frame.clientWidth) frame.tabIndex = 0;
      else frame.removeAttribute("tabindex");
    });
  }

  // A menu opens over the frame of its table, not inside of it.
  Object.assign($.fn.dropdown.Constructor.Default, { boundary: "viewport", popperConfig: { positionFixed: true } });

  $(function () {
    nestHeadings();
    frameTables();
    reachScrollers();
    window.addEventListener("resize", reachScrollers);
    window.addEventListener("load", nameControls); // after Oscar's scripts have added theirs
    window.addEventListener("load", nameSelects);
    window.addEventListener("load", countErrors);
    showTab();
    window.addEventListener("hashchange", showTab);
    $(".oscar").on("shown.bs.tab", "[data-toggle=tab]", (event) => {
      history.replaceState(null, "", event.target.hash);
      event.target.scrollIntoView({ block: "nearest", inline: "nearest" });
    });
  });
})(jQuery);
