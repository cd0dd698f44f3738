import type { Deeds } from "./deeds.ts";

/** How many rows the page keys go. */
const PAGE = 10;

const MOVES: Readonly<Record<string, (index: number, count: number) => number>> = {
  ArrowDown: (index) => index + 1,
  ArrowUp: (index) => index - 1,
  PageDown: (index) => index + PAGE,
  PageUp: (index) => index - PAGE,
  Home: () => 0,
  End: (_index, count) => count - 1,
};

/** The row of the history that something stands in. */
export function rowOf(target: EventTarget | null): { element: HTMLElement; revision: number } | undefined {
  const element = target instanceof Element ? target.closest<HTMLElement>("tr[data-revision]") : null;
  return element === null ? undefined : { element, revision: Number(element.dataset["revision"]) };
}

/** Arrows, Home, End and the page keys go from row to row; Enter or Space chooses; right and left go to what stands in it. */
export function rowKeys(event: KeyboardEvent, deeds: Pick<Deeds, "choose" | "moveTo">): void {
  const row = rowOf(event.target);
  if (row === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
  const isOnRow = event.target === row.element;
  const move = MOVES[event.key];
  if (move !== undefined) {
    event.preventDefault();
    moveFrom(row.element, move, deeds);
  } else if (isOnRow && (event.key === "Enter" || event.key === " ")) {
    event.preventDefault();
    if (!event.repeat) deeds.choose(row.revision);
  } else if (isOnRow && event.key === "ArrowRight") {
    row.element.querySelector<HTMLElement>("button")?.focus();
  } else if (!isOnRow && (event.key === "ArrowLeft" || event.key === "Escape")) {
    row.element.focus();
  }
}

function moveFrom(
  from: HTMLElement,
  move: (index: number, count: number) => number,
  deeds: Pick<Deeds, "moveTo">,
): void {
  const rows = [...(from.parentElement?.querySelectorAll<HTMLElement>("tr[data-revision]") ?? [])];
  const wanted = move(rows.indexOf(from), rows.length);
  const next = rows[Math.max(0, Math.min(rows.length - 1, wanted))];
  if (next === undefined) return;
  deeds.moveTo(Number(next.dataset["revision"]));
  next.focus();
}
