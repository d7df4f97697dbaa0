/* Outputs behind a question: a guess opens them. Without this they are details like any other. */
{
  const ko = (document.documentElement.lang || "en").startsWith("ko")
  const words = ko
    ? { check: "확인", right: "맞았습니다.", wrong: "짐작과 다릅니다. 결과를 살펴봅니다.", look: "결과와 견주어 봅니다." }
    : { check: "Check", right: "That is right.", wrong: "Not quite. Look at the output.", look: "Compare it with the output." }
  const LONGEST = 200

  const plain = text => text.toLowerCase().replace(/[\s'"`]+/g, "")
  const number = text => {
    const found = text.match(/[-+]?\d+(?:\.\d*)?(?:e[-+]?\d+)?/gi) ?? []
    return found.length === 1 ? found[0] : null
  }
  const isSame = (guess, output) => {
    if (plain(guess) === plain(output)) return true
    const [one, two] = [number(guess), number(output)]
    if (one === null || two === null) return false
    const digits = Math.min(one.split(".")[1]?.length ?? 0, 20)
    return (+one).toFixed(digits) === (+two).toFixed(digits)
  }
  const verdict = (guess, details) => {
    const parts = [...details.children].filter(part => part.tagName !== "SUMMARY")
    const texts = parts.map(part => part.querySelector(".haebom-text") ?? (part.matches(".haebom-text") ? part : null))
    const output = texts.map(text => text?.textContent ?? "").join("\n")
    if (texts.includes(null) || output.length > LONGEST) return words.look
    return isSame(guess, output) ? words.right : words.wrong
  }
  const ask = details => {
    if (details.previousElementSibling?.matches(".haebom-guess")) return
    const form = document.createElement("form")
    const label = document.createElement("label")
    const field = document.createElement("input")
    const button = document.createElement("button")
    const told = document.createElement("p")
    form.className = "haebom-guess"
    field.autocomplete = "off"
    field.required = true
    button.textContent = words.check
    button.className = "md-button"
    told.setAttribute("role", "status")
    label.append(details.firstElementChild.textContent, field)
    form.append(label, button, told)
    details.before(form)
    details.hidden = true
    form.addEventListener("submit", event => {
      event.preventDefault()
      details.hidden = false
      details.open = true
      told.textContent = verdict(field.value, details)
    })
  }

  haebom.onPage(page => page.querySelectorAll(".haebom-predict").forEach(ask))
  addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll(".haebom-predict"))
      details.hidden = !(details.open = true)
  })
}
