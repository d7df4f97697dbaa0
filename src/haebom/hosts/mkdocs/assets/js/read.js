/* What the reader has read. It is kept in this browser and goes nowhere. */
{
  const root = new URL("../../", document.currentScript.src).pathname
  const key = `${root}haebom-read`
  const word = (document.documentElement.lang || "en").startsWith("ko") ? "읽음" : "read"
  const shown = "[data-haebom-read] a, .haebom-posts li > a, .md-post--excerpt h2 a"

  const remembered = () => new Set(JSON.parse(localStorage.getItem(key) || "[]"))
  const place = address => new URL(address, location).pathname.slice(root.length)

  const mark = (page, read) => {
    for (const link of page.querySelectorAll(shown)) {
      link.querySelector(".haebom-read")?.remove()
      if (!read.has(place(link.href))) continue
      const told = document.createElement("small")
      told.className = "haebom-read"
      told.textContent = ` ${word}`
      link.append(told)
    }
  }

  haebom.onPage(page => {
    let read
    try {
      read = remembered()
    } catch {
      return // a browser that keeps nothing
    }
    mark(page, read)
    const button = page.querySelector(".haebom-done button")
    if (!button) return
    const here = place(location)
    const tell = () => button.setAttribute("aria-pressed", read.has(here))
    tell()
    button.hidden = false
    button.onclick = () => {
      read = remembered() // another tab may have added to it
      if (!read.delete(here)) read.add(here)
      localStorage.setItem(key, JSON.stringify([...read]))
      tell()
      mark(page, read)
    }
  })
}
