/**
 * Draws, and leaves the keyboard where the person is. What they were on may be gone afterwards, or the side may be
 * about something else while they are in it: then they are taken to the side's heading, or to the table's row.
 */
export function keepFocus(root: HTMLElement, isOtherSide: boolean, draw: () => void): void {
  const before = document.activeElement;
  const wasInSide = before?.closest("aside") != null;
  const wasInTable = before?.closest("[role=grid]") != null;
  draw();
  const isLost = before !== document.activeElement;
  if (wasInSide && (isOtherSide || isLost)) {
    focusOn(root, "#side-heading");
  } else if (wasInTable && isLost) {
    focusOn(root, "[role=row][tabindex='0']");
  }
}

const focusOn = (root: HTMLElement, selector: string): void => {
  root.querySelector<HTMLElement>(selector)?.focus();
};
