/** Where a key takes the cursor of a list that is chosen from. */

/** Rows of a page: a list's height is not known where its keys are. */
const PAGE = 10;

/** The place that a key asks for, which may lie outside the list; null where it moves nothing. */
export function movedTo(name: string, cursor: number, length: number): number | null {
	switch (name) {
		case 'up':
			return cursor - 1;
		case 'down':
			return cursor + 1;
		case 'page-up':
			return cursor - PAGE;
		case 'page-down':
			return cursor + PAGE;
		case 'home':
			return 0;
		case 'end':
			return length - 1;
		default:
			return null;
	}
}
