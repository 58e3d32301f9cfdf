let isDone = false;

/**
 * Lets xterm.js work on a page whose policy allows no inline styles. It writes rules into style elements and colours into
 * style attributes, by the document of the page whatever it is told: from now on the former become style sheets that the
 * document adopts, and the latter are set property by property. Nothing else on this page makes either.
 */
export function adoptInlineStyles(): void {
  if (isDone) return;
  isDone = true;
  const createElement = document.createElement.bind(document);
  document.createElement = ((tag: string, options?: ElementCreationOptions) =>
    tag === "style" ? adoptedStyle(createElement) : createElement(tag, options)) as Document["createElement"];
  const { setAttribute } = Element.prototype;
  HTMLSpanElement.prototype.setAttribute = function (name, value) {
    if (name === "style") this.style.cssText = value;
    else setAttribute.call(this, name, value);
  };
}

/** Stands where a style element would: its text is a style sheet of the document until it is removed. */
function adoptedStyle(createElement: (tag: string) => HTMLElement): HTMLElement {
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const holder = createElement("template");
  Object.defineProperty(holder, "textContent", { set: (text: string) => sheet.replaceSync(text) });
  holder.remove = () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
    Element.prototype.remove.call(holder);
  };
  return holder;
}
