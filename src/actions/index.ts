/** The table of everything that devtop can do to a device, all of it through the gate (session/guard). */
import {type Action, type ActionId, type Risk, type Subject, unread} from '../domain/guard.ts';
import {
	checkEngine,
	reboot,
	restartEngine,
	restartSupervisor,
	runCommand,
	stepClock,
	updateSupervisor,
} from './device.ts';
import {putFile} from './file.ts';
import {resetSupervisor, startSupervisor} from './reset.ts';
import {openShell} from './shell.ts';
import {reloadUnits, restartUnit, startUnit, stopUnit} from './unit.ts';

export {findingsOf} from './checks.ts';

export const actions: readonly Action[] = [
	startUnit,
	stopUnit,
	restartUnit,
	restartSupervisor,
	restartEngine,
	checkEngine,
	updateSupervisor,
	startSupervisor,
	resetSupervisor,
	reloadUnits,
	stepClock,
	reboot,
	runCommand,
	putFile,
	openShell,
];

export const actionOf = (id: ActionId): Action => {
	const found = actions.find(action => action.id === id);
	if (found === undefined) throw new Error(`no action ${id}`);
	return found;
};

/** How risky an action is as far as the name tells, before the device was read: for the menu; the dialog says it anew. */
export const riskByName = ({risk}: Action, subject: Subject): Risk => risk(subject, unread);

/** What is never offered, and why; the palette says so. */
export const neverOffered: readonly {readonly title: string; readonly why: string}[] = [
	{title: 'Clear logs or ring buffers', why: 'they are the evidence, and no cure'},
	{title: 'Kill the engine (kill -9)', why: 'it leaves half-written layers behind: restart it'},
	{title: 'Prune images, containers or volumes', why: 'what is not attached right now is lost, customer data among it'},
	{title: 'Purge a volume', why: 'it is the customer’s data: the customer does it'},
	{
		title: 'Remove all images',
		why: 'the supervisor’s goes with them: an offline device is dead until it has downloaded everything',
	},
	{title: 'Edit the supervisor’s database', why: 'there is usually little reason, and no way back'},
	{title: 'Shut the device down', why: 'nobody can start it again from afar'},
];
