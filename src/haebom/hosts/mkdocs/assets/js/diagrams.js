/* Mermaid's diagrams. Material would fetch Mermaid from elsewhere; it finds this one, which loads
   the site's own copy when the first diagram is drawn. */
if (typeof window.mermaid?.render !== "function") {
  const copy = new URL("../mermaid/mermaid.esm.min.js", document.currentScript.src)
  let settings, loading
  window.mermaid = {
    initialize(given) { settings = given },
    render(...diagram) {
      loading ??= import(copy).then(({ default: mermaid }) => {
        mermaid.initialize(settings)
        return mermaid
      })
      return loading.then(mermaid => mermaid.render(...diagram))
    },
  }
}
