// What can be checked of accessibility by a machine: names, references, order of headings, contrast, size of targets.
// Gives a list of faults.
() => {
  const faults = [];
  const shown = (element) => element.checkVisibility({ checkOpacity: false }) && element.getClientRects().length > 0;
  const words = (ids) => ids.split(/\s+/).map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
  const name = (element) =>
    element.getAttribute("aria-label") ||
    (element.getAttribute("aria-labelledby") && words(element.getAttribute("aria-labelledby"))) ||
    [...(element.labels ?? [])].map((label) => label.textContent).join(" ") || element.textContent || element.title;

  if (!document.documentElement.lang) faults.push("no language");
  if (document.querySelectorAll("h1").length !== 1) faults.push("not exactly one h1");
  if (document.querySelectorAll("main").length !== 1) faults.push("not exactly one main");
  for (const element of document.querySelectorAll("button, input, select, a, [role=switch], section, aside")) {
    if (shown(element) && !name(element).trim()) faults.push(`no name: ${element.outerHTML.slice(0, 80)}`);
  }
  const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
  ids.filter((id, at) => ids.indexOf(id) !== at).forEach((id) => faults.push(`twice: #${id}`));
  for (const attribute of ["aria-labelledby", "aria-describedby", "for"]) {
    for (const element of document.querySelectorAll(`[${attribute}]`)) {
      for (const id of element.getAttribute(attribute).split(/\s+/)) {
        if (!document.getElementById(id)) faults.push(`${attribute} points nowhere: ${id}`);
      }
    }
  }
  let level = 0;
  for (const heading of document.querySelectorAll("h1, h2, h3, h4")) {
    if (!shown(heading)) continue;
    const next = Number(heading.tagName[1]);
    if (next > level + 1) faults.push(`heading skips a level: ${heading.textContent}`);
    level = next;
  }
  for (const element of document.querySelectorAll("[aria-hidden=true]")) {
    if (element.querySelector("button, input, select, a, [tabindex]")) faults.push("a control is hidden from readers");
  }

  const parse = (colour) => {
    const [red, green, blue, alpha = 1] = colour.match(/[\d.]+/g).map(Number);
    return { rgb: [red, green, blue], alpha };
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const { rgb, alpha } = parse(getComputedStyle(at).backgroundColor);
      if (alpha > 0.99) return rgb;
    }
    return [255, 255, 255];
  };
  const light = (rgb) => {
    const [red, green, blue] = rgb.map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one, other) => {
    const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !shown(element) || element.closest(":disabled, script, noscript, option")) continue;
    const ratio = contrast(parse(getComputedStyle(element).color).rgb, behind(element));
    if (ratio < 4.5) faults.push(`contrast ${ratio.toFixed(2)}: ${walker.currentNode.data.trim().slice(0, 40)}`);
  }
  for (const element of document.querySelectorAll("button, input, select")) {
    const { width, height } = element.getBoundingClientRect();
    if (shown(element) && (width < 24 || height < 24)) faults.push(`too small to touch: ${element.id || element.outerHTML.slice(0, 60)}`);
  }
  return faults;
}
