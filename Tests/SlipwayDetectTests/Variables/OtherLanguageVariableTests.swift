// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDetect
import Testing

struct OtherLanguageVariableTests {
    @Test(arguments: [
        VariableCase("a.go", "x := os.Getenv(\"A\")\nif x == \"\" { x = \"8080\" }", "A=8080"),
        VariableCase("a.go", "x := os.Getenv(\"A\")\nif x == \"\" { log.Fatal(\"no\") }", "A!"),
        VariableCase("a.go", "x, ok := os.LookupEnv(\"A\") // os.Getenv(\"B\")", "A"),
        VariableCase(
            "a.go",
            "func get(key, fallback string) string { if v := os.Getenv(key); v != \"\" { return v }\nreturn fallback }\nvar x = get(\"A_B\", \"c\")",
            "A_B=c"),
        VariableCase(
            "a.go",
            "type C struct {\n  P int `env:\"PORT\" envDefault:\"80\"`\n  U string `env:\"DB_URL,required\"`\n}",
            "DB_URL! PORT=80"),
        VariableCase(
            "a.go",
            "type Opts struct {\n  Store struct {\n    Type string `env:\"TYPE\" default:\"bolt\"`\n    Bolt struct {\n      Path string `env:\"PATH\"`\n    } `group:\"bolt\" env-namespace:\"BOLT\"`\n  } `group:\"store\" env-namespace:\"STORE\"`\n  Key string `env:\"KEY\" required:\"true\"`\n  A Group `env-namespace:\"A\"`\n  B Group `env-namespace:\"B\"`\n}\ntype Group struct {\n  ID string `env:\"CID\"`\n}",
            "A_CID B_CID KEY! STORE_BOLT_PATH STORE_TYPE=bolt"),
        VariableCase(
            "a.go",
            "type C struct {\n  DB struct {\n    Host string `env:\"HOST\"`\n  } `envPrefix:\"DB_\"`\n  Plain\n}\ntype Plain struct {\n  P string `env:\"PLAIN_P\"`\n  Next *Plain `envPrefix:\"N_\"`\n}",
            "DB_HOST PLAIN_P"),
        VariableCase(
            "a.go", "viper.SetEnvPrefix(\"app\")\nviper.BindEnv(\"port\")\nviper.BindEnv(\"db\", \"DB_HOST\") // env",
            "APP_PORT DB_HOST"),
        VariableCase("a.go", "x := cmp.Or(os.Getenv(\"A\"), \"b\")\nc := '\"'\ny := os.Getenv(\"C\")", "A=b C"),
        VariableCase(
            "a.rs",
            "let x = std::env::var(\"A\").expect(\"no\"); let y = env::var(\"B\").unwrap_or_else(|_| \"c\".to_string());",
            "A! B=c"),
        VariableCase("a.rs", "fn f<'a>(x: &'a str) {} let v = env::var(\"A\")?; let o = option_env!(\"B\");", "A! B"),
        VariableCase(
            "a.rs",
            "struct A { #[arg(long, env = \"A_PORT\", default_value = \"80\")] port: u16, #[arg(env)] db_url: Option<String>, }",
            "A_PORT=80 DB_URL"),
        VariableCase(
            "a.rb", "x = ENV['A']\ny = ENV.fetch('B')\nz = ENV.fetch('C', 'd')\nw = ENV.fetch('D') { 5 }",
            "A B! C=d D=5"),
        VariableCase("config/database.yml", "a: <%= ENV['A'] %>\nb: <%= ENV.fetch(\"B\") { 5 } %>", "A B=5"),
        VariableCase("config/database.yml", "#   url: <%= ENV['A'] %>\nb: <%= ENV['B'] %> # <%= ENV['C'] %>", "B C"),
        VariableCase("a.rb", "ENV['A'] ||= 'x'\nENV['B'] = 'y' # ENV['C']", "A=x"),
        VariableCase(
            "config/app.php",
            "<?php return ['a' => env('A', 'b'), 'c' => (bool) env('C', true), 'd' => env('D')]; // env('E')",
            "A=b C=true D"),
        VariableCase(
            "a.php", "<?php $x = getenv('A') ?: 'b'; $y = $_ENV['B'] ?? 'c'; $z = $_SERVER['REQUEST_URI'];", "A=b B=c"),
        VariableCase("config/x.yaml", "a: '%env(A)%'\nb: '%env(int:B)%'\n# '%env(C)%'", "A! B!"),
        VariableCase(
            "a.swift", "let x = Environment.get(\"A\") ?? \"b\"; let y = ProcessInfo.processInfo.environment[\"B\"]!",
            "A=b B!"),
        VariableCase("a.swift", "guard let x = Environment.get(\"A\") else { fatalError(\"no\") }", "A!"),
        VariableCase(
            "a.swift", "let env = ProcessInfo.processInfo.environment\nlet p = env[\"PORT\"].flatMap(Int.init) ?? 8080",
            "PORT=8080"),
        VariableCase(
            "a.swift",
            "let c = ConfigReader(provider: EnvironmentVariablesProvider())\nlet p = c.int(forKey: \"http.serverPort\", default: 80)",
            "HTTP_SERVER_PORT=80"),
        VariableCase("A.java", "@Value(\"${A_B:c}\") String x; String y = System.getenv(\"D_E\");", "A_B=c D_E"),
        VariableCase(
            "src/application.yml", "url: ${DB_URL:jdbc:x}\nuser: ${DB_USER}\n# ${NO}\nother: ${spring.x}",
            "DB_URL DB_USER!"),
        VariableCase("A.kt", "val x = System.getenv(\"A\") ?: \"b\"; val y = System.getenv(\"C\")!!", "A=b C!"),
        VariableCase(
            "A.cs",
            "var x = Environment.GetEnvironmentVariable(\"A\") ?? \"b\"; var y = builder.Configuration[\"C_D\"];",
            "A=b C_D"),
        VariableCase(
            "a.exs",
            "x = System.get_env(\"A\") || \"b\"\ny = System.fetch_env!(\"B\")\nz = System.get_env(\"C\") || raise \"no\"",
            "A=b B! C!"),
        VariableCase("schema.prisma", "datasource db { url = env(\"DATABASE_URL\") }", "DATABASE_URL!"),
        VariableCase(
            "entrypoint.sh",
            "X=1\necho ${A_A:-b} ${B_B:?no} $C_D $X '$E_F' # $G_H\nread -ra LIST <<< \"$I_J\"\necho $LIST",
            "A_A=b B_B! C_D I_J"),
        VariableCase(
            "docker-compose.yml", "services:\n  a:\n    image: x:${TAG:-1}\n    environment:\n      - Z=${Z}", "TAG=1"),
    ])
    func `each language's own way is read`(_ item: VariableCase) { #expect(item.found == item.expected) }
}
