/** How long trouble counts as going on after its last line, where nothing says that it ended. */

export const TEN_MINUTES = 600_000;

/** For what is reported a few times only, so that silence is no recovery. */
export const AN_HOUR = 3_600_000;
