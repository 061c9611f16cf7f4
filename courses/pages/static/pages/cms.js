// Wagtail's block starter marks the element of the outermost block, and of lists and groups it finds none.
const { StructBlock, ListBlock } = window.wagtailStreamField?.blocks ?? {};

for (const kind of [StructBlock, ListBlock]) {
    if (kind && !("element" in kind.prototype)) {
        Object.defineProperty(kind.prototype, "element", {
            configurable: true,
            get() {
                return this.container?.[0] ?? this.container;
            },
            set(element) {
                Object.defineProperty(this, "element", { value: element, writable: true, configurable: true });
            },
        });
    }
}
