/** Names of units by systemd's own rules (unit-name.c, unit_name_is_valid; systemd.unit(5)). */

const SUFFIX = /\.(service|socket|device|mount|automount|swap|target|timer|path|slice|scope)$/;
/** The longest name, and what may stand in it. `@` parts the name of a template from its instance. */
const LONGEST = 255;
const NAME = /^[A-Za-z0-9:_.\\@-]+$/;

/** A whole unit name, suffix and all; a template without an instance is none that can be acted on. */
export function isUnitName(name: string): boolean {
	if (name.length > LONGEST || !NAME.test(name) || !SUFFIX.test(name)) return false;
	const prefix = name.slice(0, name.lastIndexOf('.'));
	const at = prefix.indexOf('@');
	return prefix !== '' && at !== 0 && at !== prefix.length - 1;
}
