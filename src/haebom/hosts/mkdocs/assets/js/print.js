/* Paper is white: a dark page is printed as a light one. */
{
  let scheme
  matchMedia("print").addEventListener("change", ({ matches }) => {
    const { body } = document
    if (matches) scheme = body.getAttribute("data-md-color-scheme")
    if (scheme) body.setAttribute("data-md-color-scheme", matches ? "default" : scheme)
  })
}
