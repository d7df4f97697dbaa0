/* What every script of a page starts with: Material swaps pages without loading them anew when
   navigation.instant is on, and tells so through document$. */
const haebom = {
  /** Call a function with each page that the reader gets to see. */
  onPage(act) {
    if (window.document$) window.document$.subscribe(() => act(document))
    else if (document.readyState === "loading")
      document.addEventListener("DOMContentLoaded", () => act(document))
    else act(document)
  },
}
