import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pythonWith } from '../../../../test/support/python-with.ts';
import { runToEnd } from './run-command.ts';

/** A certificate authority, and what it signed; the client's key is encrypted with `password`. */
export interface Certificates {
  /** Where they lie, for a broker that reads PEM files. Removed by whoever asked for them. */
  dir: string;
  caPath: string;
  /** Key and certificate. */
  brokerPath: string;
  ca: string;
  clientCertificate: string;
  clientKey: string;
  password: string;
}

const PROGRAM = `
import datetime, ipaddress, sys
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization as s
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
folder, password = sys.argv[1:]
def name(text): return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
def key(): return rsa.generate_private_key(public_exponent=65537, key_size=2048)
now = datetime.datetime.now(datetime.timezone.utc)
ca_key = key()
def certify(subject, subject_key, is_ca):
    return (x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name('ca'))
        .public_key(subject_key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address('127.0.0.1'))]), critical=False)
        .sign(ca_key, hashes.SHA256())).public_bytes(s.Encoding.PEM)
def pem(a_key, encryption): return a_key.private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, encryption)
def write(file, *parts): open(folder + '/' + file, 'wb').write(b''.join(parts))
broker_key, client_key = key(), key()
write('ca.pem', certify('ca', ca_key, True))
write('broker.pem', pem(broker_key, s.NoEncryption()), certify('127.0.0.1', broker_key, False))
write('client.pem', certify('client', client_key, False))
write('client-key.pem', pem(client_key, s.BestAvailableEncryption(password.encode())))
`;

/** Makes them with the `cryptography` package that ministack needs anyway: neither openssl nor keytool is a given. */
export async function createCertificates(): Promise<Certificates> {
  const dir = await mkdtemp(join(tmpdir(), 'kafka-trigger-certificates-'));
  const password = 'of the key';
  const python = await pythonWith(['ministack==1.5.33', 'cryptography']);
  await runToEnd(python, ['-c', PROGRAM, dir, password]);
  const read = (file: string) => readFile(join(dir, file), 'utf8');
  return {
    dir,
    caPath: join(dir, 'ca.pem'),
    brokerPath: join(dir, 'broker.pem'),
    ca: await read('ca.pem'),
    clientCertificate: await read('client.pem'),
    clientKey: await read('client-key.pem'),
    password,
  };
}
