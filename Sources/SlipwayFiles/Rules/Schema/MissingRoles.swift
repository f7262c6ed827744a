// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Nobody can register.
    static let rolesNeverMade = Rule(
        "AP517", .error, "registration looks for a role that nothing makes",
        why:
            "The developer's database has the rows, made by hand. On a new database the role is not found, and every "
            + "registration ends with an error; without an account nobody can make the rows either.",
        catches: [
            [
                "src/main/java/AuthService.java":
                    "public void register(Request request) {\n  Role role = roleRepository.findByName(\"ROLE_USER\")\n      .orElseThrow(() -> new RuntimeException(\"Role not found\"));\n}\n",
                "src/main/java/Role.java": "@Entity\npublic class Role {\n}\n",
            ],
            [
                "Controllers/AuthController.cs":
                    "await userManager.CreateAsync(user, model.Password);\nawait userManager.AddToRoleAsync(user, \"Member\");\n"
            ],
            [
                "accounts/views.py":
                    "def register(request):\n    group = Group.objects.get(name='customer')\n    user.groups.add(group)\n",
                "manage.py": "",
            ],
        ],
        passes: [
            [
                "src/main/java/AuthService.java":
                    "public void register(Request request) {\n  Role role = roleRepository.findByName(\"ROLE_USER\")\n      .orElseThrow(() -> new RuntimeException(\"Role not found\"));\n}\n",
                "src/main/resources/data.sql": "INSERT INTO roles (name) VALUES ('ROLE_USER');\n",
            ],
            [
                "src/main/java/AuthService.java":
                    "public void register(Request request) {\n  Role role = roleRepository.findByName(\"ROLE_USER\")\n      .orElseThrow(() -> new RuntimeException(\"Role not found\"));\n}\n",
                "src/main/java/Seeds.java": "roleRepository.save(new Role(\"ROLE_USER\"));\n",
            ],
            [
                "Controllers/AuthController.cs": "await userManager.AddToRoleAsync(user, \"Member\");\n",
                "Program.cs": "await roleManager.CreateAsync(new IdentityRole(\"Member\"));\n",
            ],
            [
                "accounts/migrations/0002_groups.py": "Group.objects.get_or_create(name='customer')\n",
                "accounts/views.py": "group = Group.objects.get(name='customer')\n", "manage.py": "",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return RoleUse.kinds.compactMap { kind -> Violation? in
            let files = repository.code(kind.endings, with: kind.uses).filter { code in
                !["admin", "seed", "command", "script", "fixture"].contains(where: code.path.lowercased().contains)
            }
            guard let found = files.lazy.compactMap({ code in kind.line(in: code).map { (code.path, $0) } }).first,
                !kind.isMade(in: repository)
            else { return nil }
            return Violation(
                file: found.0, line: found.1, "nothing in the repository makes the role; \(kind.advice)")
        }
    }
}

/// How a framework asks for a role, and how roles are made.
private struct RoleUse {
    let endings: [String]
    let uses: [String]
    /// Words that must follow on the same line or the two after it.
    let failures: [String]
    /// Words of code that makes rows.
    let makers: [String]
    let advice: String

    static let kinds = [
        RoleUse(
            endings: [".java", ".kt"], uses: ["oleRepository.findBy", "oleRepo.findBy"], failures: ["orElseThrow"],
            makers: [
                "oleRepository.save", "oleRepo.save", "oleRepository.insert", "INTO roles", "INTO role ", "into roles",
                "into role ", "INTO `role", "INTO public.role", "INTO \"role", "tableName: role", "tableName=\"role",
                "INSERT INTO Role", "insert into Role", "roleService.create", "roleService.save", "INTO user_role",
                "IGNORE INTO role", "new Role(", "Role.builder()", "new RoleEntity(", "oleRepository::save",
                "olesRepository.save", "persist(role", "Role(name",
            ], advice: "let a CommandLineRunner save the roles when the table is empty, or add them in data.sql"),
        RoleUse(
            endings: [".cs"], uses: ["AddToRoleAsync("], failures: [],
            makers: [
                "oleManager.CreateAsync", "new IdentityRole", "IdentityRole {", "InsertData(", "INTO AspNetRoles",
                "INTO [AspNetRoles", "INTO \"AspNetRoles", "INTO dbo.AspNetRoles",
                "Roles.Add", ".HasData(", "CreateRole", "RoleStore", "new AppRole", "new ApplicationRole", "new Role",
            ], advice: "write when it starts: await roleManager.CreateAsync(new IdentityRole(...)) for each role"),
        RoleUse(
            endings: [".py"], uses: ["Group.objects.get("], failures: [],
            makers: [
                "Group.objects.create", "Group.objects.get_or_create", "Group.objects.update_or_create", "auth.group",
                "Group(name", "Group.objects.bulk_create", "create_groups", "loaddata", "'Group')", "\"Group\")",
            ], advice: "make it in a migration: Group.objects.get_or_create(name=...)"),
    ]

    func line(in code: CodeText) -> Int? {
        for (index, line) in code.lines.enumerated() where uses.contains(where: line.contains) {
            let near = code.lines[index..<min(code.lines.count, index + 3)]
            if failures.isEmpty {
                // Whoever catches the failure goes on without the role.
                let before = code.lines[max(0, index - 3)..<index].joined()
                guard !before.contains("try"), !before.contains("RoleExistsAsync") else { continue }
                return index + 1
            }
            if near.contains(where: { text in failures.contains(where: text.contains) }) { return index + 1 }
        }
        return nil
    }

    func isMade(in repository: CheckedRepository) -> Bool {
        let places = endings + [".sql", ".md", ".xml", ".yml", ".yaml", ".json", ".sh", ".properties", ".csv"]
        return repository.tree.entries.contains { entry in
            let lower = entry.path.lowercased()
            guard places.contains(where: lower.hasSuffix), !lower.contains("node_modules/"),
                let bytes = repository.tree.bytes(entry.path), bytes.count < 1_000_000
            else { return false }
            return makers.contains { ByteSearch.contains($0.utf8, in: bytes) }
        }
    }
}
