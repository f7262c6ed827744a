// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Everybody is an administrator who says so.
    static let claimedRole = Rule(
        "EN332", .warning, "who registers says which role the account gets",
        why:
            "The role comes with the request, and registration is open to everybody: one request with role=admin makes an "
            + "administrator.",
        catches: [
            [
                "controllers/auth.js":
                    "exports.register = async (req, res) => {\n  const { email, password, role } = req.body\n  const user = await User.create({ email, password: hash, role: role || 'User' })\n}\n",
                "models/user.js": "role: { type: String, enum: ['User', 'Admin'] }\n",
            ],
            [
                "app/auth.py":
                    "@router.post(\"/register\")\ndef register(data: UserCreate, db = Depends(get_db)):\n    user = User(email=data.email, role=data.role)\n",
                "app/models.py": "ROLES = ('user', 'admin')\n",
            ],
            [
                "src/main/java/AuthService.java":
                    "public User register(RegisterRequest request) {\n  user.setRole(request.getRole());\n  return users.save(user);\n}\nenum Role { USER, ADMIN }\n"
            ],
            [
                "internal/auth.go":
                    "func (h *Handler) Register(c *gin.Context) {\n\tuser := User{Email: req.Email, Role: req.Role}\n}\nconst admin = \"admin\"\n"
            ],
        ],
        passes: [
            [
                "controllers/auth.js":
                    "exports.register = async (req, res) => {\n  const { email, password } = req.body\n  const user = await User.create({ email, password: hash, role: 'User' })\n}\n// admin\nconst a = 'admin'\n"
            ],
            [
                "controllers/auth.js":
                    "exports.register = async (req, res) => {\n  const { email, role } = req.body\n  if (role === 'admin') return res.status(403).end()\n  const user = await User.create({ email, role })\n}\n"
            ],
            [
                "controllers/users.js":
                    "exports.createUser = async (req, res) => {\n  const { email, role } = req.body\n  const user = await User.create({ email, role })\n}\nconst a = 'admin'\n"
            ],
            [
                "controllers/auth.js":
                    "exports.register = async (req, res) => {\n  const { email, role } = req.body\n  const user = await User.create({ email, role })\n}\nconst a = 'admin'\n",
                "routes/auth.js": "router.post('/register', protect, adminOnly, register)\n",
            ],
        ]
    ) { repository in
        let endings = [".js", ".ts", ".mjs", ".py", ".java", ".kt", ".go", ".cs", ".php", ".rb"]
        let files = repository.code(endings, with: ["egister", "ignup", "ignUp", "ign_up"])
        guard files.contains(where: { ClaimedRole.line(in: $0) != nil }) else { return [] }
        let isKnown = repository.code(endings, with: ["dmin", "DMIN"]).contains { code in
            code.bare.contains { $0.contains("'admin'") || $0.contains("'Admin'") || $0.contains("ADMIN") }
        }
        guard isKnown, !files.contains(where: { code in code.bare.contains(where: ClaimedRole.isKept) }) else {
            return []
        }
        return files.compactMap { code in
            ClaimedRole.line(in: code).map { line in
                Violation(
                    file: code.path, line: line,
                    "whoever sends role=admin is one; give every new account the least role, and let administrators raise it"
                )
            }
        }
    }
}

/// Finds functions that register an account with a role of the request.
private enum ClaimedRole {
    /// How many lines a function of registration has at most.
    private static let longest = 60

    static func line(in code: CodeText) -> Int? {
        for (index, line) in code.bare.enumerated() where opens(line) {
            let end = min(code.bare.count, index + longest)
            let body = Array(code.bare[index..<end])
            // The next function begins.
            let next = body.dropFirst().firstIndex { isFunction($0) } ?? body.count
            if let found = role(in: Array(body[..<next])) { return index + found + 1 }
        }
        return nil
    }

    /// Whether a route of registration asks for a login first: `post('/register', protect, register)`.
    static func isKept(_ line: String) -> Bool {
        guard line.contains("post('/register'") || line.contains("post('/signup'") else { return false }
        let parts = line.split(separator: ",").dropFirst().dropLast()
        return parts.contains { part in
            let lower = part.lowercased()
            return ["protect", "admin", "auth", "verify", "role", "permit", "token"].contains(where: lower.contains)
        }
    }

    private static func opens(_ line: String) -> Bool {
        let lower = line.lowercased()
        guard lower.contains("register") || lower.contains("signup") || lower.contains("sign_up"), isFunction(line)
        else {
            return false
        }
        // Who is asked for an account first is no stranger.
        return !["admin", "current_user", "currentuser", "registerroutes", "register_", "serviceworker"].contains(
            where: lower.contains)
    }

    private static func isFunction(_ line: String) -> Bool {
        ["function", "=>{", "asyncregister(", "asyncsignup(", "asyncsignUp(", "def", "func("].contains(
            where: line.hasPrefix)
            || line.hasPrefix("exports.") || line.contains("=async(") || line.hasSuffix("=>{") && line.contains("req")
            || line.hasPrefix("asyncdef") || line.hasPrefix("public") && line.contains("(") && line.hasSuffix("{")
            || line.hasPrefix("public") && line.contains("Register(")
            || line.hasPrefix("async") && line.contains("(") && line.hasSuffix("{")
    }

    /// The place of the role, counted from the function's first line.
    private static func role(in body: [String]) -> Int? {
        let isAsked = body.contains { line in
            (line.hasPrefix("if(") || line.hasPrefix("if") || line.contains("allowed") || line.contains("enum(")
                || line.contains("includes(role") || line.contains("in:"))
                && line.lowercased().contains("role")
        }
        let isGuarded = body.prefix(8).contains { line in
            ["current_user", "require_", "get_current", "PreAuthorize", "[Authorize"].contains(where: line.contains)
        }
        guard !isAsked, !isGuarded else { return nil }
        let plain = [
            "role=data.role", "role=user.role", "role=payload.role", "role=user_data.role", "role=user_in.role",
            "role=request.role", "role=data.get('role'", "role=data['role']", "role=body.role",
            ".setRole(request.getRole())", ".role(request.getRole())", ".setRole(dto.getRole())",
            ".role(dto.getRole())",
            "Role:req.Role", "Role:input.Role", "Role:body.Role", "Role=dto.Role", "Role=request.Role",
            "Role=model.Role",
            "'role'=>$request->role", "'role'=>$request->input('role'", "'role'=>$validated['role']",
            "role:req.body.role", "role:dto.role", "role:body.role",
        ]
        if let found = body.firstIndex(where: { line in plain.contains(where: line.contains) }) { return found }
        guard let taken = body.firstIndex(where: { $0.contains("=req.body") && names($0) }) else { return nil }
        let isHandedOn = body[taken...].dropFirst().contains { line in
            ["role,", "role:role", "role})", "role});"].contains {
                line.hasPrefix($0) || line.contains("," + $0) || line.contains("{" + $0)
            }
        }
        return isHandedOn ? taken : nil
    }

    /// `const {email,role}=req.body`
    private static func names(_ line: String) -> Bool {
        line.split { "{},= ".contains($0) }.contains { $0 == "role" }
    }
}
