/* What was measured while posts ran lies in a file of its own; see haebom.render.measured. */
{
  const address = new URL("../../haebom/status.json", document.currentScript.src)
  const language = document.documentElement.lang || "en"
  let asked
  const measured = () => (asked ??= fetch(address).then(answer => answer.json()))

  const seconds = number =>
    new Intl.NumberFormat(language, {
      style: "unit", unit: "second", unitDisplay: "narrow", maximumFractionDigits: number < 10 ? 1 : 0,
    }).format(number)
  const moment = text =>
    new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(new Date(text))

  const fillIn = (panel, run) => {
    const parts = name => panel.querySelectorAll(`[data-haebom="${name}"]`)
    for (const time of parts("ended")) {
      time.dateTime = run.ended
      time.textContent = moment(run.ended)
    }
    for (const row of parts("seconds")) {
      row.lastElementChild.textContent = seconds(run.seconds)
      row.hidden = false
    }
    for (const row of parts("reused")) row.hidden = !run.reused
  }

  haebom.onPage(page => {
    for (const panel of page.querySelectorAll(".haebom-panel"))
      panel.firstElementChild.addEventListener("toggle", async () => {
        const { posts = {} } = await measured()
        const run = posts[panel.dataset.post]
        if (run) fillIn(panel, run)
      }, { once: true })
  })
}
