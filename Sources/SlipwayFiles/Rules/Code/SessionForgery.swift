// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Any page can send a form in the visitor's name.
    static let sessionsWithoutCSRF = Rule(
        "EN333", .warning, "logins are sessions, and their forms are not protected",
        why:
            "The browser sends the session's cookie with every request, also with one that a foreign page makes. Without "
            + "the token in the form, any page that a signed-in visitor opens can change what is theirs.",
        catches: [
            [
                "src/main/java/Security.java":
                    "http\n  .csrf(csrf -> csrf.disable())\n  .authorizeHttpRequests(a -> a.anyRequest().authenticated())\n  .formLogin(f -> f.loginPage(\"/login\"));\n"
            ],
            [
                "settings.py":
                    "INSTALLED_APPS = ['django.contrib.sessions']\nMIDDLEWARE = [\n    'django.contrib.sessions.middleware.SessionMiddleware',\n    'django.contrib.auth.middleware.AuthenticationMiddleware',\n]\nROOT_URLCONF = 'a.urls'\n",
                "templates/login.html": "<form method=\"post\"></form>\n",
            ],
            [
                "app/controllers/application_controller.rb":
                    "class ApplicationController < ActionController::Base\n  skip_forgery_protection\n  before_action :authenticate_user!\nend\n",
                "config/routes.rb": "devise_for :users\n",
            ],
            [
                "app/Http/Middleware/VerifyCsrfToken.php":
                    "class VerifyCsrfToken extends Middleware {\n    protected $except = [\n        '*',\n    ];\n}\n"
            ],
        ],
        passes: [
            [
                "app/controllers/application_controller.rb":
                    "class ApplicationController < ActionController::Base\n  skip_forgery_protection if: :json?\nend\n",
                "config/routes.rb": "devise_for :users\n",
            ],
            [
                "src/main/java/Security.java":
                    "http\n  .csrf(csrf -> csrf.disable())\n  .sessionManagement(s -> s.sessionCreationPolicy(SessionCreationPolicy.STATELESS));\n"
            ],
            [
                "src/main/java/Security.java":
                    "http\n  .authorizeHttpRequests(a -> a.anyRequest().authenticated())\n  .formLogin(f -> f.loginPage(\"/login\"));\n"
            ],
            [
                "src/main/java/Security.java":
                    "http\n  .csrf(csrf -> csrf.ignoringRequestMatchers(\"/api/**\"))\n  .formLogin(f -> f.loginPage(\"/login\"));\n"
            ],
            [
                "settings.py":
                    "MIDDLEWARE = [\n    'django.contrib.sessions.middleware.SessionMiddleware',\n    'django.middleware.csrf.CsrfViewMiddleware',\n]\nROOT_URLCONF = 'a.urls'\n",
                "templates/login.html": "<form method=\"post\"></form>\n",
            ],
        ]
    ) { repository in
        spring(repository) + django(repository) + ForgedForms.rails(repository) + ForgedForms.laravel(repository)
    }

    private static func spring(_ repository: CheckedRepository) -> [Violation] {
        repository.code([".java", ".kt"], with: ["csrf"]).compactMap { code in
            let off = [
                ".csrf(AbstractHttpConfigurer::disable)", ".csrf().disable()", "csrf.disable()", "csrf{disable()}",
            ]
            guard let line = code.line(withAny: off),
                code.line(with: ".formLogin(", "formLogin{", ".oauth2Login(", ".rememberMe(") != nil,
                code.line(
                    with: "STATELESS", ".formLogin(AbstractHttpConfigurer::disable)", ".formLogin().disable()",
                    "formLogin.disable()", ".oauth2ResourceServer(", "securityMatcher(", "form->form.disable()",
                    "f->f.disable()", "formLogin->formLogin.disable()", "JwtAuth", "jwtAuth", "JwtFilter", "jwtFilter",
                    "jwtRequestFilter") == nil,
                // Several chains of one file are each their own.
                code.bare.count(where: { $0.contains("SecurityFilterChain") && $0.contains("(HttpSecurity") }) < 2
            else { return nil }
            return Violation(
                file: code.path, line: line,
                "sessions are cookies here; delete this line, or except single paths: csrf.ignoringRequestMatchers(\"/api/**\")"
            )
        }
    }

    private static func django(_ repository: CheckedRepository) -> [Violation] {
        let pages = repository.tree.files(ending: "html")
        return repository.code([".py"], with: ["SessionMiddleware"]).compactMap { code in
            let isLogin = code.line(with: "'django.contrib.sessions.middleware.SessionMiddleware'") != nil
            guard isLogin, code.line(with: "CsrfViewMiddleware") == nil, code.line(with: "ROOT_URLCONF") != nil,
                let line = code.line(with: "MIDDLEWARE=["),
                pages.contains(where: { page in
                    repository.tree.bytes(page.path).map { ByteSearch.contains("method=\"post\"".utf8, in: $0) } == true
                })
            else { return nil }
            return Violation(
                file: code.path, line: line,
                "forms are not protected; add to the list: 'django.middleware.csrf.CsrfViewMiddleware'")
        }
    }
}
