// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDetect
import Testing

struct JavaScriptVariableTests {
    @Test(arguments: [
        VariableCase("a.ts", "const x = process.env.A", "A"),
        VariableCase("a.ts", "const x = process.env['A']; const y = process.env[\"B\"]!", "A B!"),
        VariableCase("a.ts", "const { A, B = 'x', C: c } = process.env;", "A B=x C"),
        VariableCase("a.ts", "const x = process.env.A || 'b', y = process.env.C ?? `d`", "A=b C=d"),
        VariableCase("a.ts", "const p = Number(process.env.PORT) || 3000", "PORT=3000"),
        VariableCase("a.ts", "const p = parseInt(process.env.A_PORT || '8080', 10)", "A_PORT=8080"),
        VariableCase("a.ts", "const x = process.env.A as string", "A!"),
        VariableCase("a.ts", "const x = process.env.A!\nconst y = process.env.B !== 'x'", "A! B"),
        VariableCase("a.ts", "if (!process.env.A) { throw new Error('no') }", "A!"),
        VariableCase("a.ts", "const a = process.env.A\nif (!a) throw new Error('no')", "A!"),
        VariableCase("a.ts", "const a = process.env.A ?? (() => { throw new Error() })()", "A!"),
        VariableCase("a.ts", "process.env.A = '1'", ""),
        VariableCase("a.ts", "const env = process.env\nfoo(env.A, env['B'])", "A B"),
        VariableCase("a.ts", "// process.env.A\n/* process.env.B */ const x = 'process.env.C'", ""),
        VariableCase("a.ts", "const x = `${process.env.A}/${process.env.B || 'c'}`", "A! B=c"),
        VariableCase("a.tsx", "<p>Don't</p>; const x = import.meta.env.VITE_A", "VITE_A"),
        VariableCase("a.ts", "const x = import.meta.env.MODE, y = import.meta.env.DEV", ""),
        VariableCase("a.ts", "const x = text.replace(/['\"`]/g, ''); process.env.A", "A"),
        VariableCase("a.ts", "Bun.env.A; Deno.env.get('B'); process.env.npm_package_version", "A B"),
        VariableCase(
            "a.ts",
            "function need(name: string) { const v = process.env[name]; if (!v) throw new Error(name); return v }\nneed('A_B')",
            "A_B!"),
        VariableCase(
            "a.ts", "const opt = (k: string, fallback = '') => process.env[k] ?? fallback\nopt('A_B', 'c')", "A_B=c"),
        VariableCase(
            "a.ts",
            "function need(key: string) { if (typeof process.env[key] === 'undefined') { throw new Error(key) } return process.env[key] as string }\nconst paths = (k: string) => split(need(k))\nneed('A_B'); paths('C_D')",
            "A_B! C_D!"),
        VariableCase(
            "a.ts", "const opt = (key: string) => { if (process.env[key] === undefined) { return 1 } }\nopt('A_B')",
            "A_B"),
        VariableCase(
            "config.ts",
            "class C { constructor(private configService: ConfigService) {}\n getString(k: string) { return this.get(k).replaceAll('a', 'b') }\n get url() { return this.getString('A_URL') }\n private get(key: string): string { const v = this.configService.get<string>(key); if (v == null) { throw new Error(key) } return v }\n} // process.env",
            "A_URL!"),
        VariableCase(
            "vite.config.ts", "const env = loadEnv(mode, process.cwd(), '')\nexport default { base: env.A_BASE }",
            "A_BASE"),
        VariableCase(
            "a.vue", "<template><a :href=\"x\">It's</a></template>\n<script>const a = import.meta.env.VITE_A</script>",
            "VITE_A"),
        VariableCase("index.html", "<title>%VITE_TITLE%</title>\n<link href=\"%PUBLIC_URL%/x\">", "VITE_TITLE"),
        VariableCase("a.test.ts", "process.env.A", ""),
        VariableCase(
            "a.ts",
            "const all = [{ id: 1, make: () => P({ id: process.env.A! }) }, { id: 2, make: () => P({ id: process.env.B! }), url: process.env.C! }, { id: 3, make: () => P({}) }]\nconst two = [{ make: () => process.env.D! }, { make: () => 1 }]",
            "A B C! D!"),
        VariableCase("a.ts", "const x = process.env.A || process.env.B || 'c'", "A=c B=c"),
        VariableCase("a.ts", "export const o = { list: process.env.A.split(',') }", "A!"),
        VariableCase("a.ts", "async function bootstrap() { enableCors({ origin: process.env.A.split(',') }) }", "A!"),
        VariableCase("a.ts", "const a = process.env.A?.split(','), b = () => process.env.B.trim()", "A B"),
        VariableCase("a.ts", "const a = process.env.A ? process.env.A.split(',') : []", "A"),
        VariableCase("a.ts", "function later() { return process.env.A.split(',') }", "A"),
        VariableCase("a.ts", "JwtModule.register({ secret: process.env.A_KEY })", "A_KEY!"),
        VariableCase(
            "a.ts", "JwtModule.registerAsync({ useFactory: () => ({ secret: process.env.A_KEY }) })", "A_KEY!"),
        VariableCase("a.ts", "this.jwtService.verifyAsync(token, { secret: process.env.A_KEY })", "A_KEY!"),
        VariableCase("a.ts", "widget({ secret: process.env.A_KEY })", "A_KEY"),
        VariableCase("a.ts", "load(`./.env.${process.env.NODE_ENV}`)", "NODE_ENV"),
        VariableCase(
            "a.ts", "const KEY = import.meta.env.VITE_A as string\nfunction f() { if (!KEY) return; use(KEY) }",
            "VITE_A"),
        VariableCase(
            "a.ts", "const KEY = process.env.A!\nif (!KEY) throw new Error()", "A!"),
    ])
    func `the environment is read through its objects`(_ item: VariableCase) { #expect(item.found == item.expected) }

    @Test(arguments: [
        VariableCase(
            "a.ts", "const kept = z.object({ wrapLines: z.boolean(), zoom: z.number(), THEME: z.string() })", ""),
        VariableCase(
            "env.ts",
            "const schema = z.object({ A_URL: z.string().url(), BB: z.string().default('x'), C1: z.string().optional() })\nschema.parse(process.env)",
            "A_URL! BB=x C1"),
        VariableCase(
            "env.ts", "export const env = cleanEnv(process.env, { PORT: port({ default: 3000 }), A_KEY: str() })",
            "A_KEY! PORT=3000"),
        VariableCase(
            "env.ts",
            "createEnv({ server: { A1: z.string() }, client: { NEXT_PUBLIC_B: z.string() }, runtimeEnv: { A1: process.env.A1 } })",
            "A1! NEXT_PUBLIC_B!"),
        VariableCase(
            "a.ts",
            "ConfigModule.forRoot({ envFilePath: '.env', validationSchema: Joi.object({ A1: Joi.string().required(), B1: Joi.number().default(3) }) })",
            "A1! B1=3"),
        VariableCase(
            "a.ts", "this.configService.get<string>('A_B'); config.getOrThrow('C_D'); map.get('E_F'); // env",
            "A_B C_D!"),
        VariableCase(
            "a.ts", "import { A1 } from '$env/static/private'\nimport { env } from '$env/dynamic/private'\nenv.B1",
            "A1! B1"),
        VariableCase(
            "nuxt.config.ts",
            "export default defineNuxtConfig({ runtimeConfig: { apiSecret: '', public: { apiBase: '/api' } } })",
            "NUXT_API_SECRET NUXT_PUBLIC_API_BASE=/api"),
        VariableCase(
            "config.js",
            "const s = Joi.object().keys({ PORT: Joi.number().default(3000), A1: Joi.string().required() }); s.validate(process.env)",
            "A1! PORT=3000"),
    ])
    func `schemas and services name their variables`(_ item: VariableCase) { #expect(item.found == item.expected) }
}
