/* The theme's scripts make landmarks without a name: one for the buttons of each piece of code, one
   for the tags of each thing that was found. */
{
  const unmark = found => { for (const nav of found) nav.role = "presentation" }
  haebom.onPage(page => unmark(page.querySelectorAll(".md-code__nav")))
  const results = document.querySelector(".md-search-result__list")
  if (results)
    new MutationObserver(() => unmark(results.querySelectorAll("nav"))).observe(results, { childList: true })
}
