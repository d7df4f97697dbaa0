/* The API index: only the names that hold what is typed. */
haebom.onPage(page => {
  const field = page.querySelector(".haebom-filter input")
  if (!field) return
  field.parentElement.hidden = false
  field.oninput = () => {
    const words = field.value.toLowerCase().split(/\s+/)
    for (const section of page.querySelectorAll(".haebom-index")) {
      let left = 0
      for (const row of section.querySelectorAll("dl > div"))
        left += !(row.hidden = !words.every(word => row.id.toLowerCase().includes(word)))
      section.hidden = !left
    }
  }
})
