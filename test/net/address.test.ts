import { describe, expect, it } from 'vitest';
import { addressBits, isInside, parseNetwork } from '../../src/net/address.js';
import { blockOf } from '../../src/net/blocks.js';

// By hand from the IANA special-purpose address registries and the cloud providers' documentation.
const notPublic = [
  ...['0.0.0.0', '0.255.255.255', '10.0.0.0', '10.255.255.255', '100.64.0.0', '100.127.255.255', '100.100.100.200'],
  ...[
    '127.0.0.1',
    '127.255.255.254',
    '169.254.0.1',
    '169.254.169.254',
    '169.254.170.2',
    '172.16.0.1',
    '172.31.255.255',
  ],
  ...[
    '192.0.0.1',
    '192.0.0.192',
    '192.0.2.7',
    '192.88.99.1',
    '192.168.0.1',
    '192.168.255.255',
    '198.18.0.1',
    '198.19.255.255',
  ],
  ...['198.51.100.1', '203.0.113.255', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255', '168.63.129.16'],
  ...[
    '::',
    '::1',
    '::2',
    '::127.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:169.254.169.254',
    '::ffff:10.1.2.3',
  ],
  ...[
    '64:ff9b::127.0.0.1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b::10.0.0.1',
    '64:ff9b:1::1',
    '100::1',
    '2001::1',
    '2001:0:1:2::3',
  ],
  ...[
    '2001:db8::1',
    '2002:7f00:1::',
    '2002:a9fe:a9fe::1',
    '3fff::1',
    '4000::1',
    '5f00::1',
    'fc00::1',
    'fd00::1',
    'fd00:ec2::254',
  ],
  ...['fd20:ce::254', 'fe80::1', 'febf::1', 'fec0::1', 'ff02::1', 'ff0e::1', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
];
const open = [
  ...[
    '1.1.1.1',
    '8.8.8.8',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.1',
  ],
  ...['169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0', '192.0.1.0', '192.167.255.255', '192.169.0.0'],
  ...[
    '198.17.255.255',
    '198.20.0.0',
    '223.255.255.255',
    '168.63.129.15',
    '168.63.129.17',
    '::ffff:8.8.8.8',
    '64:ff9b::8.8.8.8',
  ],
  ...['2000::1', '2001:200::1', '2001:4860:4860::8888', '2003::1', '2600:1f18::1', '2606:4700::1111', '2a00:1450::1'],
];

describe('addresses are judged by their bits', () => {
  it.each(notPublic)('%s is not for everyone', (address) => {
    const bits = addressBits(address);
    expect(bits !== undefined && blockOf(bits)).toBeTruthy();
  });

  it.each(open)('%s is public', (address) => {
    const bits = addressBits(address);
    expect(bits).toBeDefined();
    expect(bits !== undefined && blockOf(bits)).toBe(undefined);
  });

  it.each([
    ...['', 'localhost', '127.1', '0x7f.0.0.1', '127.0.0.01', '1.2.3.4.5', '1.2.3.256', '2130706433', ' 127.0.0.1'],
    ...['fe80::1%eth0', '[::1]', '::1::', ':::', '1:2:3:4:5:6:7:8:9', '12345::', '::ffff:1.2.3', '127.0.0.1:80'],
  ])('%j is no address', (text) => expect(addressBits(text)).toBe(undefined));

  it('an address has the same bits however it is spelled', () => {
    for (const spelling of ['2001:db8:0:0:0:0:0:1', '2001:DB8::1', '2001:0db8:0000::0001', '2001:db8::0.0.0.1'])
      expect(addressBits(spelling)).toBe(0x20010db8000000000000000000000001n);
    for (const spelling of ['10.1.2.3', '::ffff:10.1.2.3', '0:0:0:0:0:FFFF:0A01:0203'])
      expect(addressBits(spelling)).toBe(0xffff0a010203n);
  });

  it('a network holds its addresses and no others, up to the last bit', () => {
    const holds = (network: string, address: string): boolean => {
      const [parsed, bits] = [parseNetwork(network), addressBits(address)];
      if (parsed === undefined || bits === undefined) throw new Error(`${network} or ${address} cannot be read`);
      return isInside(bits, parsed);
    };
    expect(holds('10.20.0.0/14', '10.23.255.255')).toBe(true);
    expect(holds('10.20.0.0/14', '10.24.0.0')).toBe(false);
    expect(holds('10.20.0.0/14', '::ffff:10.22.0.1')).toBe(true);
    expect(holds('10.9.9.9', '10.9.9.9')).toBe(true);
    expect(holds('10.9.9.9', '10.9.9.8')).toBe(false);
    expect(holds('fd00::/8', 'fdff::1')).toBe(true);
    expect(holds('fd00::/8', 'fc00::1')).toBe(false);
    expect(holds('0.0.0.0/0', '::1')).toBe(false);
    for (const wrong of ['10.0.0.0/33', 'fd00::/129', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0.0/-1', 'x/8', ''])
      expect(parseNetwork(wrong)).toBe(undefined);
  });
});
