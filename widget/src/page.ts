// What a page can't change from outside our code: its elements' names hide the document's properties (`<form name="body">`,
// `<img name="currentScript">`), and what it adds to Object.prototype seems to be a part of every object.

/** The document with its own properties and methods only, to read. */
export const page: Readonly<Document> = new Proxy(document, {
  get(target, name) {
    const value = Reflect.get(Document.prototype, name, target);
    return typeof value === "function" ? value.bind(target) : value;
  },
});

/** An object with the parts' own properties only. */
export function bare<Whole extends object>(...parts: Partial<Whole>[]): Whole {
  return Object.assign(Object.create(null), ...parts);
}

/** What JSON holds, each object with its own properties only. */
export function parse(json: string): unknown {
  return JSON.parse(json, (_, value) =>
    value && typeof value === "object" && !Array.isArray(value) ? bare(value) : value,
  );
}
