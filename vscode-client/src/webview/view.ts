// Which part of the picture is seen: moved by dragging, scaled with the wheel or by buttons.

import { type Point, scaleFor, type Size } from "./layout";

const SMALLEST = 0.1;
const LARGEST = 4;
const STEP = 1.25;
// What is dragged less than this was clicked.
const CLICK = 4;

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
    // A drag that starts on a box must not open its source.
    svg.addEventListener("click", (event) => {
      if (this.wasDragged) {
        event.stopPropagation();
      }
    }, { capture: true });
    new ResizeObserver(() => {
      this.update();
    }).observe(svg);
  }

  /** Take over the size of a new picture; `isNew` where it is of something else and should be seen whole. */
  show(content: Size, isNew: boolean): void {
    this.content = content;
    if (isNew) {
      this.fit();
    }
  }

  /** See everything, but not larger than life. */
  fit(): void {
    const { width, height } = this.svg.getBoundingClientRect();
    if (this.content.width > 0 && width > 0) {
      this.scale = limited(scaleFor(this.content, { width, height }));
      this.corner = {
        x: (this.content.width - width / this.scale) / 2,
        y: (this.content.height - height / this.scale) / 2,
      };
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
      this.wasDragged ||= Math.hypot(x, y) > CLICK;
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
