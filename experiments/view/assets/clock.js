// The one clock of all that is shown. It runs only while somebody watches, and waits for what is on its way.

export const SPEEDS = [1, 4, 12, 24, 72, 168]; // hours of the run in a second

export class Clock {
  constructor(days) {
    this.days = days;
    this.hour = 0;
    this.speed = 4;
    this.playing = false;
    this.waiting = false;
    this.listeners = new Set();
    this.last = null;
    this.request = null; // the next frame, while it runs; there is never more than one
    this.timer = null; // the next look, while it waits
    this.ready = () => true; // whether an hour can be shown
    this.frame = this.frame.bind(this);
  }

  get day() {
    return Math.min(Math.floor(this.hour / 24), this.days - 1);
  }

  get minute() {
    return Math.min(1440, (this.hour - 24 * this.day) * 60);
  }

  get ended() {
    return this.hour >= 24 * this.days;
  }

  // Days worth asking for ahead of the present one.
  get ahead() {
    return this.playing ? Math.min(30, 1 + Math.ceil(this.speed / 8)) : 0;
  }

  play(on = !this.playing) {
    if (on && this.ended) this.hour = 0;
    this.playing = on;
    this.last = null;
    cancelAnimationFrame(this.request);
    if (on) this.request = requestAnimationFrame(this.frame);
    this.tell();
  }

  seek(hour) {
    this.hour = Math.max(0, Math.min(24 * this.days, hour));
    this.tell();
    if (!this.playing) this.retry();
  }

  // Steps to the next full hour or day, back where `by` is below 0.
  step(by) {
    this.play(false);
    const size = Math.abs(by);
    const steps = this.hour / size;
    this.seek(size * (by > 0 ? Math.floor(steps + 1e-6) + 1 : Math.ceil(steps - 1e-6) - 1));
  }

  // While stopped, look again until what is to be shown has come.
  retry() {
    if (this.timer || this.playing || this.ready()) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.tell();
      this.retry();
    }, 50);
  }

  frame(now) {
    this.request = null;
    if (!this.playing) return;
    const seconds = this.last === null ? 0 : Math.min(0.25, (now - this.last) / 1000);
    this.last = now;
    const next = Math.min(24 * this.days, this.hour + this.speed * seconds);
    const before = this.hour;
    this.hour = next;
    this.waiting = !this.ready();
    if (this.waiting) this.hour = before;
    if (this.ended) this.playing = false;
    this.tell();
    if (this.playing) this.request ??= requestAnimationFrame(this.frame);
  }

  on(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  tell() {
    for (const listener of this.listeners) listener(this);
  }
}
