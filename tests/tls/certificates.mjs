// Certificates for the tests, made by openssl while they run: none is kept.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const openssl = (folder, ...args) => execFileSync("openssl", args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

/** An authority in `folder`; `file` holds its certificate. */
export class Authority {
  #folder;
  #name;

  constructor(folder, name) {
    this.#folder = folder;
    this.#name = name;
    this.file = join(folder, `${name}.pem`);
    openssl(folder, "req", "-x509", ...newKey, "-keyout", `${name}.key`, "-out", `${name}.pem`, "-days", "2",
            "-subj", `/CN=${name}`);
    this.pem = readFileSync(this.file, "utf8");
  }

  /** `{ cert, key, both, files }` of a certificate for `names`, such as "DNS:app.example,IP:127.0.0.1". `days` may be negative. */
  issue(file, names, days = 2) {
    const at = (suffix) => join(this.#folder, file + suffix);
    openssl(this.#folder, "req", "-new", ...newKey, "-keyout", `${file}.key`, "-out", `${file}.csr`, "-subj", `/CN=${file}`);
    writeFileSync(at(".ext"), `subjectAltName=${names}\n`);
    openssl(this.#folder, "x509", "-req", "-in", `${file}.csr`, "-CA", `${this.#name}.pem`, "-CAkey", `${this.#name}.key`,
            "-CAcreateserial", "-days", `${days}`, "-extfile", `${file}.ext`, "-out", `${file}.pem`);
    const cert = readFileSync(at(".pem"), "utf8");
    const key = readFileSync(at(".key"), "utf8");
    writeFileSync(at(".both"), cert + key);
    return { cert, key, files: { cert: at(".pem"), key: at(".key"), both: at(".both") } };
  }

  /** The same key, locked. */
  lock({ files }, passphrase) {
    const locked = `${files.key}.locked`;
    openssl(this.#folder, "pkey", "-in", files.key, "-aes128", "-passout", `pass:${passphrase}`, "-out", locked);
    return locked;
  }
}
