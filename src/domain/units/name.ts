/** Names of units by systemd's own rules (unit-name.c, unit_name_is_valid; systemd.unit(5)). */

const SUFFIX = /\.(service|socket|device|mount|automount|swap|target|timer|path|slice|scope)$/;
/** The longest name, and what may stand in it. `@` parts the name of a template from its instance. */
const LONGEST = 255;
const NAME = /^[A-Za-z0-9:_.\\@-]+$/;

/** As systemctl does: `.service` is meant where there is no suffix. */
export const fullUnitName = (name: string): string => (SUFFIX.test(name) ? name : `${name}.service`);

/** Whether it can be given for one; the suffix may be left out. */
export const mayNameUnit = (text: string): boolean => text.length <= LONGEST && NAME.test(text);

/** Why it is none, as a sentence; one that is too long is not said back. */
export function noUnitName(name: string): string {
	const {length} = fullUnitName(name);
	return length > LONGEST
		? `The name of a unit is ${length} characters long, and systemd allows ${LONGEST}.`
		: `"${name}" is no name of a unit (systemd.unit(5)).`;
}

/** A whole unit name, suffix and all; a template without an instance is none that can be acted on. */
export function isUnitName(name: string): boolean {
	if (name.length > LONGEST || !NAME.test(name) || !SUFFIX.test(name)) return false;
	const prefix = name.slice(0, name.lastIndexOf('.'));
	const at = prefix.indexOf('@');
	return prefix !== '' && at !== 0 && at !== prefix.length - 1;
}
