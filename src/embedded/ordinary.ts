/** What a healthy device says: a line every second or three. */
import type {Balena} from './balena.ts';
import type {Chance} from './chance.ts';
import type {UnitTable} from './units.ts';
import type {Voices} from './voices.ts';

/** Writes one ordinary line, or two where they belong together. */
export function createOrdinary(
	chance: Chance,
	table: UnitTable,
	balena: Balena,
	voices: Voices,
	nowMs: () => number,
): () => void {
	let beat = 0;
	let reading = 48_213;
	const unit = (id: string, run: (found: NonNullable<ReturnType<UnitTable['find']>>) => void): void => {
		const found = table.find(id);
		if (found?.active === 'active') run(found);
	};
	const network = (level: string, text: string): void =>
		unit('NetworkManager.service', found =>
			voices.service(found, `<${level}>  [${(nowMs() / 1000).toFixed(4)}] ${text}`, {
				priority: level === 'warn' ? 4 : 6,
			}),
		);
	const temperature = (): string => (20 + chance.between(5, 29) / 10).toFixed(1);

	const lines: readonly [weight: number, say: () => void][] = [
		[16, () => balena.say('info', 'Reported current state to the cloud')],
		[5, () => balena.say('api', `GET /v1/healthy 200 - ${(2 + chance.next() * 4).toFixed(3)} ms`)],
		[2, () => balena.say('debug', 'Attempting container log timestamp flush...')],
		[2, () => balena.say('debug', 'Container log timestamp flush complete')],
		[22, () => balena.output('frontend', `frontend: GET /api/readings 200 ${chance.between(6, 41)} ms`)],
		[24, () => balena.output('backend', `backend: reading ${++reading} stored, ${temperature()} °C`)],
		[10, () => balena.output('backend', `backend: heartbeat ${++beat}`)],
		[2, () => balena.output('backend', `backend: WARNING slow request ${chance.between(900, 1900)}ms`, true)],
		[1, () => balena.output('frontend', 'frontend: GET /favicon.ico 404 1 ms', true)],
		[
			2,
			() =>
				unit('chronyd.service', found =>
					voices.service(
						found,
						`Selected source ${chance.pick(['162.159.200.1', '185.125.190.57', '193.182.111.12'])} (0.resinio.pool.ntp.org)`,
					),
				),
		],
		[2, () => network('info', 'dhcp4 (eth0): state changed new lease, address=192.168.1.42')],
		[1, () => network('info', `manager: NetworkManager state is now CONNECTED_GLOBAL`)],
		[
			1,
			() =>
				unit('avahi-daemon.service', found =>
					voices.service(found, 'Registering new address record for 192.168.1.42 on eth0.IPv4.'),
				),
		],
		[
			1,
			() =>
				unit('openvpn.service', found =>
					voices.service(
						found,
						`${new Date(nowMs()).toISOString().slice(0, 19).replace('T', ' ')} VERIFY OK: depth=1, C=US, ST=WA, L=Seattle, O=balena.io, OU=balenaCloud, CN=open-balena-vpn-rootCA`,
					),
				),
		],
	];
	const total = lines.reduce((sum, [weight]) => sum + weight, 0);
	return () => {
		let left = chance.next() * total;
		for (const [weight, say] of lines) {
			left -= weight;
			if (left < 0) {
				say();
				return;
			}
		}
	};
}
