// The panel of a class: its code, where it is found, who is there.

import { fill, h } from "./dom.js";
import { say } from "./words.js";

const EVERY = 3000; // ms between two looks at how many are there

export class ClassPanel {
  constructor(page) {
    this.page = page;
    this.name = "class";
    this.element = h("div", { class: "gz-form" });
    this.followers = h("p", { class: "gz-followers", role: "status" });
    this.address = h("p", { class: "gz-class-address" });
    this.picture = h("img", { class: "gz-class-picture", hidden: true });
    setInterval(() => this.count(), EVERY);
  }

  update() {
    const { code } = this.page.state.class;
    if (!code) {
      fill(this.element, h("p", {}, say("view_class_what")),
        h("button", { type: "button", class: "gz-begin-class", onclick: () => this.page.act({ do: "begin_class" }) }, say("view_class_begin")));
      return;
    }
    fill(this.element,
      h("p", {}, say("view_class_code")),
      h("p", { class: "gz-class-code", "aria-label": [...code].join(" ") }, `${code.slice(0, 3)} ${code.slice(3)}`),
      h("p", {}, say("view_class_address")), this.address, this.picture, this.followers,
      h("p", { class: "gz-note" }, say("view_class_ends")),
      h("button", { type: "button", class: "gz-end-class", onclick: () => this.stop(code) }, say("view_class_end")));
    this.locate(code);
    this.count();
  }

  async locate(code) {
    const here = `${location.origin}/gongzhi/follow/${code}`;
    const found = await get(`${code}/address`);
    const link = found?.address ?? here;
    this.picture.hidden = !found?.picture;
    if (found?.picture) this.picture.src = found.picture;
    this.picture.alt = say("view_class_picture");
    fill(this.address, h("a", { href: link, target: "_blank", rel: "noopener" }, link), found && !found.address ? h("span", { class: "gz-note" }, say("view_class_alone")) : null);
  }

  // Ends the class; nobody asks for it while the server is still to say that it has ended.
  stop(code) {
    this.over = code;
    this.page.act({ do: "end_class" });
  }

  async count() {
    const code = this.page.state?.class?.code;
    if (!code || code === this.over || !this.element.isConnected) return;
    const found = await get(code);
    if (found) this.followers.textContent = say("view_class_followers", { n: found.followers, most: found.most });
  }
}

async function get(path) {
  try {
    const answer = await fetch(`/gongzhi/classes/${path}`);
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}
