/* The theme puts the buttons of each piece of code into a landmark without a name. */
haebom.onPage(page => {
  for (const buttons of page.querySelectorAll(".md-code__nav")) buttons.role = "presentation"
})
