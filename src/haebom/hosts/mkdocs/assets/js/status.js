/* What was measured while posts ran lies in a file of its own; see haebom.render.measured. */
{
  const address = new URL("../../haebom/status.json", document.currentScript.src)
  const language = document.documentElement.lang || "en"
  let asked
  const measured = () =>
    (asked ??= fetch(address).then(answer => answer.json()).catch(() => ({})))

  const seconds = number =>
    new Intl.NumberFormat(language, {
      style: "unit", unit: "second", unitDisplay: "narrow",
      minimumFractionDigits: 1, maximumFractionDigits: 1,
    }).format(number)
  const moment = text =>
    new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(new Date(text))

  /* The panel under a post: only readers who open it ask for the file. */
  const fillPanel = (panel, run) => {
    const parts = name => panel.querySelectorAll(`[data-haebom="${name}"]`)
    for (const time of parts("ended")) {
      time.dateTime = run.ended
      time.textContent = moment(run.ended)
    }
    for (const row of parts("seconds")) {
      row.lastElementChild.textContent = seconds(run.seconds)
      row.hidden = false
    }
  }

  /* The page of all posts. */
  const fillTable = (page, { posts = {}, slowest = [] }) => {
    const links = {}
    for (const row of page.querySelectorAll("tr[data-post]")) {
      const run = posts[row.dataset.post]
      links[row.dataset.post] = row.querySelector("a")
      if (!run) continue
      const cell = row.querySelector('[data-haebom="seconds"]')
      cell.textContent = seconds(run.seconds)
      cell.dataset.sort = run.seconds
    }
    const section = page.querySelector('[data-haebom="slowest"]')
    section.lastElementChild.replaceChildren()
    for (const { post, line, cell, seconds: took } of slowest) {
      if (!links[post]) continue
      const item = document.createElement("li")
      const place = document.createElement("code")
      place.textContent = cell ? `[${cell}]` : `:${line}`
      item.append(links[post].cloneNode(true), " ", place, ` ${seconds(took)}`)
      section.lastElementChild.append(item)
    }
    section.hidden = !section.lastElementChild.children.length
  }

  const key = (row, column) => {
    const cell = row.children[column]
    return cell.dataset.sort ?? cell.textContent.trim()
  }

  const makeSortable = table => {
    const heads = [...table.tHead.rows[0].cells]
    if (heads[0].querySelector("button")) return // this page was seen before
    heads.forEach((head, column) => {
      const button = document.createElement("button")
      button.append(...head.childNodes)
      head.append(button)
      button.addEventListener("click", () => {
        const down = head.ariaSort === "ascending"
        for (const other of heads) other.removeAttribute("aria-sort")
        head.ariaSort = down ? "descending" : "ascending"
        const rows = [...table.tBodies[0].rows]
        const numbers = rows.every(row => !isNaN(key(row, column)))
        rows.sort((a, b) => {
          const [x, y] = [key(a, column), key(b, column)]
          const empty = (x === "") - (y === "")
          const found = numbers ? x - y : x.localeCompare(y, language)
          return empty || (down ? -found : found)
        })
        table.tBodies[0].append(...rows)
      })
    })
    for (const row of table.tBodies[0].rows)
      for (const [column, cell] of [...row.cells].entries())
        cell.dataset.label = heads[column].textContent
  }

  const makeSearchable = tools => {
    const [field, choice] = tools.children
    const rows = tools.nextElementSibling.querySelectorAll("tbody tr")
    tools.hidden = false
    tools.addEventListener("input", () => {
      const words = field.value.toLowerCase().split(/\s+/)
      for (const row of rows) {
        const text = `${row.cells[0].textContent} ${row.dataset.post}`.toLowerCase()
        const wanted = !choice.value || row.dataset.state === choice.value
        row.hidden = !wanted || !words.every(word => text.includes(word))
      }
    })
  }

  haebom.onPage(async page => {
    for (const panel of page.querySelectorAll(".haebom-panel"))
      panel.firstElementChild.addEventListener("toggle", async () => {
        const run = (await measured()).posts?.[panel.dataset.post]
        if (run) fillPanel(panel, run)
      }, { once: true })
    page.querySelectorAll("table.haebom-sortable").forEach(makeSortable)
    const tools = page.querySelector(".haebom-tools")
    if (tools) {
      makeSearchable(tools)
      fillTable(page, await measured())
    }
  })
}
