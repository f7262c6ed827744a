// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// ImproperlyConfigured, on every request.
    static let unknownField = Rule(
        "AP354", .error, "a serializer or a filter names a field that its model does not have",
        why:
            "Django REST framework finds it out when the first request comes, and answers this and every other with 500.",
        catches: [
            [
                "manage.py": "execute_from_command_line(sys.argv)\n",
                "shop/models.py":
                    "from django.db import models\n\n\nclass Order(models.Model):\n    title = models.TextField()\n",
                "shop/serializers.py":
                    "class OrderSerializer(serializers.ModelSerializer):\n    class Meta:\n        model = Order\n        fields = ['id', 'title', 'price']\n",
                "shop/views.py":
                    "from .serializers import OrderSerializer\nclass Orders(ListAPIView):\n    serializer_class = OrderSerializer\n",
            ],
            [
                "manage.py": "execute_from_command_line(sys.argv)\n",
                "shop/models.py":
                    "from django.db import models\n\n\nclass Order(models.Model):\n    title = models.TextField()\n",
                "shop/views.py":
                    "class OrderViewSet(viewsets.ModelViewSet):\n    filterset_fields = ['title', 'kind']\n\n    def get_queryset(self):\n        return Order.objects.all()\n",
            ],
        ],
        passes: [
            // Nobody asks for it: the framework looks at fields when they are used.
            [
                "manage.py": "execute_from_command_line(sys.argv)\n",
                "shop/models.py":
                    "from django.db import models\n\n\nclass Order(models.Model):\n    title = models.TextField()\n",
                "shop/serialisers.py":
                    "class OrderSerializer(serializers.ModelSerializer):\n    class Meta:\n        model = Order\n        fields = ['id', 'title', 'price']\n",
            ],
            [
                "manage.py": "execute_from_command_line(sys.argv)\n",
                "shop/models.py":
                    "from django.db import models\n\n\nclass Base(models.Model):\n    made = models.DateTimeField()\n\n    class Meta:\n        abstract = True\n\n\nclass Order(Base):\n    title = models.TextField()\n\n    @property\n    def price(self):\n        return 1\n\n\nclass Line(models.Model):\n    order = models.ForeignKey(Order, related_name='lines', on_delete=models.CASCADE)\n",
                "shop/serializers.py":
                    "class OrderSerializer(serializers.ModelSerializer):\n    owner = serializers.CharField()\n\n    class Meta:\n        model = Order\n        fields = [\n            'id', 'title', 'price', 'made',\n            'lines', 'owner',\n        ]\n",
            ],
            [
                "manage.py": "execute_from_command_line(sys.argv)\n",
                "shop/models.py": "class Order(TimeStampedModel):\n    title = models.TextField()\n",
                "shop/serializers.py":
                    "class OrderSerializer(serializers.ModelSerializer):\n    class Meta:\n        model = Order\n        fields = ['id', 'title', 'created']\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole, !repository.tree.files(named: "manage.py").isEmpty else { return [] }
        let models = DjangoModels(repository)
        return repository.code([".py"], with: ["ModelSerializer", "filterset_fields"]).flatMap { code in
            PythonClass.all(in: code).flatMap { type -> [Violation] in
                SerializedFields.missing(in: type, models).filter { _ in
                    SerializedFields.isUsed(type, of: code, in: repository)
                }.map { found in
                    let names = found.fields.map(\.text)
                    return Violation(
                        file: code.path, line: found.fields[0].line,
                        "\(found.model) has no \(names.prefix(4).joined(separator: ", no ")); delete "
                            + (names.count == 1 ? "it" : "them") + " here, or add to the model and make a migration")
                }
            }
        }
    }
}

private enum SerializedFields {
    typealias Missing = (model: String, fields: [(text: String, line: Int)])

    static func missing(in type: PythonClass, _ models: DjangoModels) -> [Missing] {
        [serialized(type, models), filtered(type, models)].compactMap { $0 }
    }

    /// Whether some line names a serializer beside its own definition, in a module that others import; views are named by
    /// addresses in ways that are not read here.
    static func isUsed(_ type: PythonClass, of code: CodeText, in repository: CheckedRepository) -> Bool {
        guard type.bases == ["ModelSerializer"] else { return true }
        let python = repository.codeFiles.filter { $0.name.hasSuffix(".py") }
        guard let entry = repository.tree.entry(code.path),
            PythonImports.isReached(entry, among: python, in: repository.tree)
        else { return false }
        return repository.code([".py"], with: [type.name]).contains { other in
            other.bare.contains { $0.contains(type.name) && !$0.hasPrefix("class" + type.name) }
        }
    }

    private static func serialized(_ type: PythonClass, _ models: DjangoModels) -> Missing? {
        guard type.bases == ["ModelSerializer"], let model = model(of: type.body),
            let fields = type.texts(of: "fields"), let known = models.fields(of: model)
        else { return nil }
        let wrong = fields.filter { !known.contains($0.text) && !type.members.contains($0.text) }
        return wrong.isEmpty ? nil : (models.name(of: model), wrong)
    }

    private static func filtered(_ type: PythonClass, _ models: DjangoModels) -> Missing? {
        guard let fields = type.texts(of: "filterset_fields"), !type.body.contains(where: { $0.contains("annotate(") })
        else { return nil }
        let used = Set(
            type.body.compactMap { line -> String? in
                // What the list is taken from; the body has no blanks.
                guard let opening = ["return", "queryset="].first(where: line.hasPrefix),
                    let range = TextSearch.range(of: ".objects", in: line[...])
                else { return nil }
                return String(line[..<range.lowerBound].dropFirst(opening.count))
            })
        guard used.count == 1, let model = used.first, let known = models.fields(of: model) else { return nil }
        let wrong = fields.filter { field in
            !known.contains(firstPart(field.text))
        }
        return wrong.isEmpty ? nil : (models.name(of: model), wrong)
    }

    /// `owner` of `owner__name`.
    private static func firstPart(_ text: String) -> String {
        TextSearch.range(of: "__", in: text[...]).map { String(text[..<$0.lowerBound]) } ?? text
    }

    private static func model(of body: [String]) -> String? {
        let names = body.filter { $0.hasPrefix("model=") }
        return names.count == 1 ? String(names[0].dropFirst(6).prefix { $0.isLetter || $0.isNumber || $0 == "_" }) : nil
    }
}

/// The models of a Django project by their classes.
private struct DjangoModels {
    private var classes: [String: [PythonClass]] = [:]
    /// What other models and packages add to every model.
    private var reverse: Set<String> = []
    private var user: String?

    /// What Django's own classes bring.
    private static let known: [String: Set<String>] = [
        "Model": ["id", "pk"], "models.Model": ["id", "pk"],
        "AbstractUser": [
            "username", "first_name", "last_name", "email", "is_staff", "is_active", "date_joined", "password",
            "last_login", "is_superuser", "groups", "user_permissions", "get_full_name",
        ],
        "AbstractBaseUser": ["password", "last_login", "is_active", "get_username"],
        "PermissionsMixin": ["is_superuser", "groups", "user_permissions"],
    ]

    init(_ repository: CheckedRepository) {
        for code in repository.code([".py"], with: ["models.", "Model)", "AbstractUser", "AUTH_USER_MODEL"]) {
            for type in PythonClass.all(in: code) { classes[type.name, default: []].append(type) }
            for line in code.bare {
                if let range = TextSearch.range(of: "related_name='", in: line[...]) {
                    reverse.insert(String(line[range.upperBound...].prefix { $0 != "'" }))
                }
                if line.hasPrefix("AUTH_USER_MODEL='") {
                    user = line.split { $0 == "." || $0 == "'" }.last.map(String.init)
                }
            }
        }
        for name in classes.keys {
            reverse.insert(name.lowercased())
            reverse.insert(name.lowercased() + "_set")
        }
    }

    /// `User` is mostly `get_user_model()`.
    func name(of name: String) -> String { name == "User" && classes["User"] == nil ? user ?? name : name }

    /// Everything that a request may name; `nil` when a part of the model is not in the repository.
    func fields(of name: String) -> Set<String>? { fields(of: self.name(of: name), depth: 0) }

    private func fields(of name: String, depth: Int) -> Set<String>? {
        guard depth < 8, let found = classes[name], found.count == 1, let type = found.first, !type.bases.isEmpty else {
            return nil
        }
        var fields = type.members.union(reverse).union(["id", "pk", "url"])
        for base in type.bases {
            guard let own = Self.known[base] ?? self.fields(of: base, depth: depth + 1) else { return nil }
            fields.formUnion(own)
        }
        // A foreign key has its number too, and choices their text.
        for member in type.members {
            fields.insert(member + "_id")
            fields.insert("get_\(member)_display")
        }
        return fields
    }
}
