// The visible part of the diagram: dragging moves it, the wheel and the buttons scale it.

import { type Area, firstLook, type Look, lookAt, type Point, READABLE, type Size, whole } from "./geometry";

const SMALLEST = 0.1;
const LARGEST = 4;
const STEP = 1.25;
// A drag over a shorter distance counts as a click, in pixels.
const DRAG_THRESHOLD = 4;

export class View {
  private scale = 1;
  private corner: Point = { x: 0, y: 0 };
  private content: Size = { width: 0, height: 0 };
  private wasDragged = false;

  constructor(private readonly svg: SVGSVGElement) {
    svg.addEventListener("wheel", (event) => {
      this.wheel(event);
    }, { passive: false });
    svg.addEventListener("pointerdown", (event) => {
      this.drag(event);
    });
    // A drag that starts on a box must not open the source of the box.
    svg.addEventListener("click", (event) => {
      if (this.wasDragged) {
        event.stopPropagation();
      }
    }, { capture: true });
    new ResizeObserver(() => {
      this.update();
    }).observe(svg);
  }

  /** Set the size of a diagram. `isNew` begins to look at it: at its `focus`, if not all of it can be read. */
  show(content: Size, isNew: boolean, focus?: Area): void {
    this.content = content;
    if (isNew) {
      this.look((space) => firstLook(content, space, focus));
    }
  }

  /** Show the whole diagram, at a scale of at most 1. */
  fit(): void {
    this.look((space) => whole(this.content, space));
  }

  /** Show an area at a scale at which it can be read. */
  reveal(area: Area): void {
    this.look((space) => lookAt(area, this.content, space, Math.max(READABLE, this.scale)));
  }

  private look(choose: (space: Size) => Look): void {
    const { width, height } = this.svg.getBoundingClientRect();
    if (this.content.width > 0 && width > 0) {
      const { scale, corner } = choose({ width, height });
      this.scale = limited(scale);
      this.corner = corner;
    }
    this.update();
  }

  zoomIn(): void {
    this.zoom(STEP);
  }

  zoomOut(): void {
    this.zoom(1 / STEP);
  }

  private zoom(factor: number, at?: Point): void {
    const { width, height } = this.svg.getBoundingClientRect();
    const { x, y } = at ?? { x: width / 2, y: height / 2 };
    const after = limited(this.scale * factor);
    this.corner = {
      x: this.corner.x + x / this.scale - x / after,
      y: this.corner.y + y / this.scale - y / after,
    };
    this.scale = after;
    this.update();
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    const { left, top } = this.svg.getBoundingClientRect();
    this.zoom(Math.exp(-event.deltaY / 400), { x: event.clientX - left, y: event.clientY - top });
  }

  private drag(start: PointerEvent): void {
    const from = this.corner;
    this.wasDragged = false;
    const move = (event: PointerEvent): void => {
      const [x, y] = [event.clientX - start.clientX, event.clientY - start.clientY];
      this.wasDragged ||= Math.hypot(x, y) > DRAG_THRESHOLD;
      if (this.wasDragged) {
        this.corner = { x: from.x - x / this.scale, y: from.y - y / this.scale };
        this.update();
      }
    };
    const end = (): void => {
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", end);
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", end);
  }

  private update(): void {
    const { width, height } = this.svg.getBoundingClientRect();
    const box = [this.corner.x, this.corner.y, width / this.scale, height / this.scale];
    this.svg.setAttribute("viewBox", box.join(" "));
  }
}

function limited(scale: number): number {
  return Math.min(LARGEST, Math.max(SMALLEST, scale));
}
