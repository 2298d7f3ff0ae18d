// What mouse and fingers do on a map: drag, pinch and wheel move and zoom it, a click chooses.

const STILL = 5; // pixels within which a press is a click

// `point(event)` and `choose(event)` are called for what is pointed and clicked at, `leave()` when nothing is.
export function listen(canvas, view, { point, choose, leave }) {
  const held = new Map(); // pointers that are down, and where they were last
  let moved = false;
  const apart = ([one, other]) => Math.hypot(one[0] - other[0], one[1] - other[1]);
  const middle = (places) => [0, 1].map((axis) => places.reduce((sum, place) => sum + place[axis], 0) / places.length);
  const fromMiddle = (x, y) => {
    const box = canvas.getBoundingClientRect();
    return [x - box.left - box.width / 2, y - box.top - box.height / 2];
  };

  canvas.addEventListener("pointerdown", (event) => {
    moved = held.size > 0;
    held.set(event.pointerId, [event.clientX, event.clientY]);
  });
  canvas.addEventListener("pointermove", (event) => {
    const last = held.get(event.pointerId);
    if (!last) return point(event);
    const [dx, dy] = [event.clientX - last[0], event.clientY - last[1]];
    if (!moved && Math.hypot(dx, dy) < STILL) return;
    if (!moved) canvas.setPointerCapture(event.pointerId); // the drag goes on beyond the edge
    moved = true;
    const before = [...held.values()];
    held.set(event.pointerId, [event.clientX, event.clientY]);
    const now = [...held.values()];
    const [from, to] = [middle(before), middle(now)];
    view.move(from[0] - to[0], to[1] - from[1]);
    if (now.length === 2 && apart(before) > 0) view.magnify(apart(now) / apart(before), fromMiddle(...to));
  });
  const end = (event) => {
    if (held.delete(event.pointerId) && !moved && event.type === "pointerup") choose(event);
  };
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", end);
  canvas.addEventListener("pointerleave", (event) => {
    end(event);
    leave();
  });
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    view.magnify(event.deltaY < 0 ? 1.2 : 1 / 1.2, fromMiddle(event.clientX, event.clientY));
  }, { passive: false });
}
