import { noChange, type ElementPart } from "lit";
import { Directive, directive, PartType, type PartInfo } from "lit/directive.js";

type Properties = Readonly<Record<string, string | number>>;

// Lit's own styleMap writes a style attribute first, which a strict Content-Security-Policy blocks.
class CssomDirective extends Directive {
  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new Error("cssom() belongs on an element");
  }

  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- the type of what update() is given
  render(_properties: Properties): typeof noChange {
    return noChange;
  }

  override update(part: ElementPart, [properties]: [Properties]): typeof noChange {
    const { style } = part.element as HTMLElement | SVGElement;
    for (const [name, value] of Object.entries(properties)) {
      const text = String(value);
      if (style.getPropertyValue(name) !== text) style.setProperty(name, text);
    }
    return noChange;
  }
}

/** Sets style properties by script, as `style-src 'self'` allows. */
export const cssom = directive(CssomDirective);
