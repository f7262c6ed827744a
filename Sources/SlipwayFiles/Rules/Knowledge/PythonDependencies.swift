// SPDX-License-Identifier: Apache-2.0

/// Packages of Python that many others bring along, and which ones do.
///
/// Read in November 2026 from PyPI's metadata (`requires_dist`, followed to the end) for the packages that applications
/// list, with those added that older versions brought.
enum PythonDependencies {
    /// Whether the list brings the import name's distribution; `nil` when it holds a package that is not known.
    /// - Parameter listed: Names in lower case with hyphens, an extra after `[`: `uvicorn[standard`.
    static func bring(_ module: String, _ listed: Set<String>) -> Bool? {
        guard let makers = bringers[module] else { return nil }
        if listed.contains(where: { makers.contains($0) || makers.contains(base($0)) }) { return true }
        return listed.allSatisfy(known.contains) ? false : nil
    }

    /// What to list for the import name; `nil` for one that is not known here.
    static func distribution(of module: String) -> String? { first[module] }

    private static func base(_ name: String) -> String { String(name.prefix { $0 != "[" }) }

    private static let bringers: [String: Set<String>] = table.mapValues { text in
        Set(text.split(separator: " ").map(String.init))
    }
    private static let first: [String: String] = table.compactMapValues { text in
        text.split(separator: " ").first.map(String.init)
    }
    private static let known = Set(names.split(separator: " ").map(String.init))

    /// By import name: the distribution, and those that bring it.
    private static let table: [String: String] = [
        "aiofiles":
            "aiofiles aiogram crewai frontend",
        "aiohttp":
            "aiohttp aioboto3 aiobotocore aiogram botbuilder-core ccxt chromadb crewai datasets discord-py edge-tts "
            + "firecrawl fsspec gcsfs langchain langchain-community litellm llama-index openai paddleocr py-cord "
            + "python-binance s3fs scrapy slack-bolt slack-sdk twilio",
        "alembic":
            "alembic flask-alembic flask-migrate",
        "anthropic":
            "anthropic langchain-anthropic pydantic-ai",
        "argon2":
            "argon2-cffi django[argon2 fastapi-users minio passlib[argon2 pwdlib[argon2",
        "bcrypt":
            "bcrypt chromadb crewai django[bcrypt fastapi-users flask-bcrypt paramiko passlib[bcrypt pwdlib[bcrypt",
        "boto3":
            "boto3 aioboto3 django-storages[boto3 django-storages[s3 flask-s3 langchain-aws zappa",
        "celery":
            "celery celery-redbeat celery[redis django-celery-beat django-celery-results flower",
        "cryptography":
            "cryptography authlib azure-identity azure-storage-blob crewai daphne django-allauth djoser fido2 "
            + "firebase-admin google-api-core google-api-python-client google-auth google-auth-httplib2 "
            + "google-auth-oauthlib google-cloud-billing google-cloud-firestore google-cloud-pubsub "
            + "google-cloud-storage google-cloud-vision google-genai google-generativeai gspread jwt "
            + "langchain-google-genai mcp mozilla-django-oidc msal oss2 paddleocr paramiko pdfplumber pydantic-ai "
            + "pyjwt[crypto pymysql[rsa pyopenssl python-jose[cryptography scrapy snowflake-connector-python "
            + "social-auth-app-django social-auth-core supabase twilio types-redis",
        "dateutil":
            "python-dateutil alembic arrow boto3 botocore celery chromadb crewai croniter django-celery-beat "
            + "django-celery-results elasticsearch ellipsis emails faker flower freezegun functions-framework gradio "
            + "graphene graphene-django icalendar influxdb-client matplotlib mediapipe mkdocs-material opensearch-py "
            + "paddleocr pandas pg8000 pie postgrest prophet rq s3transfer seaborn statsmodels storage3 "
            + "strawberry-graphql streamlit supabase ultralytics yfinance",
        "dotenv":
            "python-dotenv chromadb crewai dynaconf environs fastapi-cli fastapi-cors fastapi[all fastapi[standard "
            + "firecrawl flask[dotenv langchain-community mcp[cli moviepy pydantic-ai pydantic-settings "
            + "pydantic[dotenv pytest-env python-decouple uvicorn[standard",
        "email_validator":
            "email-validator fastapi-users fastapi[all fastapi[standard flask-security flask-security-too "
            + "flask-user piccolo pydantic-ai pydantic[email wtforms[email",
        "httpx":
            "httpx anthropic argostranslate authlib chromadb cohere crewai elevenlabs fastapi[all fastapi[standard "
            + "fastmcp firebase-admin firecrawl google-genai gotrue gradio groq huggingface-hub intended langchain "
            + "langchain-anthropic langchain-community langchain-core langchain-google-genai langchain-openai "
            + "langchain-text-splitters langgraph langsmith litellm llama-index mcp meilisearch mistralai ollama "
            + "openai paddlepaddle-gpu pinecone postgrest pydantic-ai python-amazon-sp-api python-telegram-bot "
            + "qdrant-client qstash realtime replicate resend respx smokeshow spacy starlette[full storage3 supabase "
            + "supafunc ultralytics weaviate-client",
        "jwt":
            "pyjwt adal auth0-python crewai dj-rest-auth django-allauth djangorestframework-simplejwt djoser "
            + "drf-jwt fastapi-users firebase-admin flask-jwt flask-jwt-extended gotrue mcp mozilla-django-oidc msal "
            + "pydantic-ai pyjwt[crypto qstash redis social-auth-app-django social-auth-core supabase twilio",
        "lxml":
            "lxml docx2pdf extruct label-studio-ml paddleocr[doc-parser pdfkit premailer python-docx python-pptx "
            + "python3-saml recipe-scrapers scrapy svglib unstructured xhtml2pdf yfinance",
        "markdown":
            "markdown apprise django-markdownx flask-markdown mkdocs mkdocs-material tensorboard",
        "matplotlib":
            "matplotlib ellipsis mediapipe pie prophet seaborn ultralytics",
        "numpy":
            "numpy accelerate argostranslate bitsandbytes bokeh chromadb crewai easyocr ellipsis faiss-cpu "
            + "faster-whisper folium geopandas gradio imageio keras langchain langchain-community librosa lightgbm "
            + "llama-index matplotlib mediapipe moviepy numba onnxruntime openai opencv-python opencv-python-headless "
            + "paddleocr paddlepaddle-gpu pandas peft pgvector pie prophet pymatting pymupdf qdrant-client rembg "
            + "scikit-image scikit-learn scipy seaborn sentence-transformers shapely soundfile spacy statsmodels "
            + "streamlit tensorboard tensorflow tifffile torch torchvision transformers ultralytics xgboost yfinance",
        "openai":
            "openai crewai fixme instructor langchain-openai litellm llama-index paddleocr[doc-parser pydantic-ai",
        "openpyxl":
            "openpyxl crewai paddleocr[doc-parser",
        "pandas":
            "pandas ellipsis geopandas gradio langchain-experimental paddleocr pandas-ta pie prophet seaborn "
            + "statsmodels streamlit yfinance",
        "PIL":
            "pillow bokeh crewai django-imagekit django-svg-image-form-field easy-thumbnails easyocr ellipsis fpdf2 "
            + "gradio imageio label-studio-ml llama-index matplotlib mediapipe moviepy paddleocr paddlepaddle-gpu "
            + "pdf2image pdfplumber pie pillow-heif prophet pymatting pytesseract python-pptx qrcode[pil rembg "
            + "reportlab scikit-image seaborn sorl-thumbnail streamlit tensorboard torchvision ultralytics weasyprint "
            + "xhtml2pdf",
        "psutil":
            "psutil accelerate fa ipython locust paddleocr peft pymupdf ultralytics",
        "psycopg":
            "psycopg django-postgres-extra psycopg[binary psycopg[c psycopg[pool",
        "pyotp":
            "pyotp",
        "pytz":
            "pytz apscheduler babel celery django django-celery-beat djangorestframework drf-yasg flask-babel "
            + "flask-restful flower furo google-api-core gradio mkdocs-material pandas python-telegram-bot sphinx "
            + "sphinx-copybutton sphinx-design sphinx-inline-tabs tzlocal yfinance",
        "qrcode":
            "qrcode django-otp[qrcode django-two-factor-auth",
        "redis":
            "redis aioredis arq celery[redis channels-redis django-redis django-rq dramatiq[redis "
            + "fastapi-cache2[redis fastapi-limiter flask-limiter[redis flask-session huey kombu[redis redis-om rq",
        "requests":
            "requests africastalking algoliasearch apache-airflow apprise argostranslate authlib azure-storage-blob "
            + "chromadb cloudinary cohere crewai crewai-tools dash datadog django-allauth django-anymail djoser "
            + "docker elasticsearch ellipsis extruct facebook-sdk fastapi[standard firebase-admin firecrawl "
            + "flask-dance folium furo garminconnect google-api-core google-api-python-client google-auth-oauthlib "
            + "google-cloud-billing google-cloud-firestore google-cloud-pubsub google-cloud-storage "
            + "google-cloud-vision google-genai google-generativeai gotrue gradio great-expectations groq gspread "
            + "httpie huggingface-hub influxdb-client instructor jupyterlab kubernetes label-studio-ml langchain "
            + "langchain-anthropic langchain-community langchain-core langchain-google-genai langchain-openai "
            + "langchain-text-splitters langgraph librosa litellm llama-index locust mailchimp-transactional "
            + "mailjet-rest meilisearch minio mkdocs-material mozilla-django-oidc notebook ollama onesignal-sdk "
            + "openai openai-whisper opensearch-py oss2 paddleocr paypalrestsdk pinecone pinecone-client pooch "
            + "postgrest prefect pydantic-ai pyrebase pyrebase4 python-telegram-bot qdrant-client razorpay "
            + "recipe-scrapers rembg replicate requests-oauthlib requests-toolbelt resend roboflow scrapy sendgrid "
            + "sentry-sdk social-auth-app-django social-auth-core spacy sphinx sphinx-copybutton sphinx-design "
            + "sphinx-inline-tabs streamlit stripe supabase tensorflow tiktoken transformers tweepy twilio "
            + "ultralytics unstructured waybackpy weaviate-client wikipedia yfinance youtube-transcript-api",
        "sklearn":
            "scikit-learn librosa paddleocr[doc-parser sentence-transformers",
        "sqlalchemy":
            "sqlalchemy alembic crewai databases fastapi-users fastapi-users-db-sqlalchemy flask-migrate "
            + "flask-sqlalchemy geoalchemy2 langchain langchain-community llama-index marshmallow-sqlalchemy ormar "
            + "sqladmin sqlalchemy[asyncio sqlmodel",
        "tenacity":
            "tenacity chromadb crewai google-genai langchain langchain-anthropic langchain-community langchain-core "
            + "langchain-google-genai langchain-openai langchain-text-splitters langgraph llama-index plotly "
            + "pydantic-ai",
        "tqdm":
            "tqdm accelerate argostranslate chromadb crewai faster-whisper google-generativeai gradio "
            + "huggingface-hub llama-index moviepy nltk openai paddleocr peft prophet rembg sentence-transformers "
            + "spacy tokenizers transformers",
        "websockets":
            "websockets chromadb crewai discord-py fastapi-cli fastapi[all fastapi[standard firecrawl google-genai "
            + "gradio langchain langchain-anthropic langchain-community langchain-core langchain-google-genai "
            + "langchain-openai langchain-text-splitters langgraph pydantic-ai realtime streamlit supabase "
            + "uvicorn[standard yfinance",
        "yaml":
            "pyyaml accelerate apispec apprise argostranslate bandit bokeh chromadb connexion crewai djlint "
            + "docker-compose drf-spectacular drf-yasg easyocr fastapi-cli fastapi[standard faster-whisper flasgger "
            + "gradio huggingface-hub kubernetes langchain langchain-anthropic langchain-community langchain-core "
            + "langchain-google-genai langchain-openai langchain-text-splitters langgraph llama-index mkdocs-material "
            + "omegaconf paddleocr peft pre-commit pydantic-ai pymupdf python-amazon-sp-api sentence-transformers "
            + "swagger-ui-bundle tokenizers transformers ultralytics uvicorn[standard",
    ]

    /// Distributions whose dependencies were read.
    private static let names =
        "a accelerate aio-pika aiofiles aiogram aiohappyeyeballs aiohttp aiokafka aioredis aiosignal aiosmtpd "
        + "aiosql aiosqlite alembic aniso8601 annotated-types anthropic anyio appdirs apprise apscheduler argon2-cffi "
        + "argostranslate ariadne asgi-lifespan asgiref asttokens async-timeout asyncpg atpublic attrs authlib "
        + "autoflake autopep8 azure-storage-blob b babel backend bandit bcrypt beanie beautifulsoup4 billiard "
        + "bitsandbytes black bleach bleach-allowlist blinker bokeh boto3 botocore brotli bson build bump c4 "
        + "cachetools celery celery[redis certifi cffi channels chardet charset-normalizer chromadb click "
        + "click-didyoumean click-plugins click-repl clipboard colorama confluent-kafka coverage coveragepy-lcov "
        + "crewai cronsim cryptography cssselect2 daphne dash databases db ddtrace decorator defusedxml deprecated "
        + "deprecation directory dist distro dj-database-url dj-rest-auth django django-allauth django-anymail "
        + "django-anymail[mailgun django-axes django-celery-beat django-celery-results django-compressor "
        + "django-cors-headers django-cors-middleware django-debug-toolbar django-dotenv django-environ "
        + "django-extensions django-filter django-fsm django-import-export django-jsonform django-ninja "
        + "django-phonenumber-field django-polymorphic django-postgres-extensions django-ratelimit django-redis "
        + "django-rest django-rest-polymorphic django-rest-swagger django-smart-selects django-storages django-stubs "
        + "django-stubs-ext django-svg-image-form-field django-templated-mail django[argon2 djangorestframework "
        + "djangorestframework-camel-case djangorestframework-simplejwt djlint djoser dnspython documentation "
        + "docutils drf-nested-routers drf-spectacular drf-yasg duckdb dynaconf e easyocr ecdsa edge-tts "
        + "elastic-transport elasticsearch ellipsis email-validator emails entrypoint env environment environs "
        + "eventlet exceptiongroup executing extruct f fa facebook-sdk factory-boy faiss-cpu fake-useragent faker "
        + "fastapi fastapi-cli fastapi-cors fastapi[standard faster-whisper feedparser fido2 filelock firebase-admin "
        + "firecrawl fixme flake8 flake8-fixme flask flask-apscheduler flask-babel flask-cors flask-debugtoolbar "
        + "flask-httpauth flask-jwt-extended flask-limiter flask-login flask-mail flask-marshmallow flask-migrate "
        + "flask-moment flask-pymongo flask-restful flask-socketio flask-sqlalchemy flask-talisman flask-wtf "
        + "flatbuffers flower fly folium fonttools fpdf fpdf2 freezegun frontend frozenlist fsspec "
        + "functions-framework furo g garminconnect geoalchemy2 geopy gevent gitpython google-api-core "
        + "google-api-python-client google-auth google-auth-httplib2 google-auth-oauthlib google-cloud-billing "
        + "google-cloud-firestore google-cloud-pubsub google-cloud-storage google-cloud-vision google-genai "
        + "google-generativeai googleapis-common-protos gotrue gradio graphene graphene-django greenlet groq gspread "
        + "gunicorn h11 hf-xet homepage html2text html5lib httpcore httpie httplib2 httptools httpx huey "
        + "huggingface-hub i idna ignore imageio img importlib-metadata importlib-resources inflect inflection "
        + "iniconfig instagram-api int integration intended ipython isc isodate isort issues itsdangerous jedi jinja2 "
        + "jiter jmespath joblib json-repair jsonschema jsonschema-specifications jwt kafka-python keras kombu "
        + "label-studio-ml langchain langchain-anthropic langchain-community langchain-core langchain-google-genai "
        + "langchain-openai langchain-text-splitters langdetect langgraph lazy-loader librosa license lightgbm limits "
        + "llama-index llvmlite locust loguru lxml magic-filter mako markdown markdown-it-py markupsafe marshmallow "
        + "marshmallow-sqlalchemy matplotlib matplotlib-inline mcp mcp[cli mdurl mediapipe meson meson-python minio "
        + "mkdocs-material mongoengine more-itertools motor moviepy mozilla-django-oidc mpmath msgpack multidict mypy "
        + "mysql-connector-python mysqlclient netifaces network networkx newrelic nh3 nltk numba numpy "
        + "nvidia-cublas-cu12 nvidia-cuda-cupti-cu12 nvidia-cuda-nvrtc-cu12 nvidia-cuda-runtime-cu12 "
        + "nvidia-cudnn-cu12 nvidia-cufft-cu12 nvidia-curand-cu12 nvidia-cusolver-cu12 nvidia-cusparse-cu12 "
        + "nvidia-nccl-cu12 nvidia-nvjitlink-cu12 nvidia-nvtx-cu12 oauthlib ollama omegaconf oncalendar onnxruntime "
        + "openai opencv-python opencv-python-headless openpyxl opensearch-py opentelemetry-api opentelemetry-sdk "
        + "orjson ormar oss2 packaging paddleocr paddleocr[doc-parser paddlepaddle-gpu paho-mqtt pandas parso passlib "
        + "passlib[argon2 passlib[bcrypt pdf2image pdfkit pdfplumber peewee peft pexpect pg8000 pgh phonenumbers "
        + "piccolo pie pika pillow pillow-heif pinecone pip pixelmatch pl platformdirs playwright playwright-stealth "
        + "plotly pluggy plugins pooch postgres postgrest pragma pre-commit prek prometheus-client prompt-toolkit "
        + "propcache prophet proto-plus protobuf psutil psycopg psycopg-binary psycopg2 psycopg2-binary psycopg2-pool "
        + "psycopg[binary psycopg[c ptyprocess pure-eval pwdlib pwdlib[argon2 pwdlib[bcrypt py pyarrow pyasn1 "
        + "pyasn1-modules pyclamd pycodestyle pycparser pycryptodome pycurl pydantic pydantic-ai pydantic-core "
        + "pydantic-settings pydantic-to-typescript2 pydantic[email pydot pydyf pygments pyhumps pyi pyinstaller "
        + "pyjwt pyjwt[crypto pylint pymatting pymongo pymupdf pymysql pyodbc pyotp pyparsing pypdf pypdf2 pyphen "
        + "pypika pyside6 pysocks pytesseract pytest pytest-asyncio pytest-cov pytest-django pytest-env pytest-flask "
        + "pytest-mock pytest-timeout pytest-xdist python-amazon-sp-api python-dateutil python-decouple python-docx "
        + "python-dotenv python-instagram python-jose python-jose[cryptography python-json-logger python-ldap "
        + "python-magic python-multipart python-pptx python-slugify python-social-auth python-telegram-bot "
        + "python-version python3-openid pythonversion pyttsx3 pytz pyyaml q qrcode qstash raise rapidfuzz readme "
        + "realtime recipe-scrapers redis referencing regex rembg reportlab requests requests-oauthlib "
        + "requests-toolbelt resend respx rich rich-toolkit rope rpds-py rq rsa ruff s3transfer safetensors "
        + "scikit-image scikit-learn scipy scrapy seaborn segno select selenium sentence-transformers sentencepiece "
        + "sentry-sdk sentry-sdk[fastapi setuptools shapely shellingham simple-websocket six skip slow slowapi "
        + "smokeshow sniffio social-auth-app-django social-auth-core soundfile spacy speechrecognition sphinx "
        + "sphinx-copybutton sphinx-design sphinx-inline-tabs sqladmin sqlalchemy sqlalchemy[asyncio sqlmodel "
        + "sqlparse sse-starlette stack-data starlette start statsd statsmodels storage3 strawberry-graphql streamlit "
        + "strenum stripe structlog style supabase supafunc supervisor sympy ta tablib tabulate tch tenacity "
        + "tensorboard tensorflow text-unidecode thop tid tifffile tiktoken time-machine tinycss2 tinyhtml5 "
        + "tokenizers toml tomli torch torchaudio torchvision tortoise-orm tox tqdm traitlets transformers triton ty "
        + "typeguard typer types-markdown types-passlib types-pycurl types-pygments types-python-dateutil "
        + "types-python-slugify types-pyyaml types-redis types-requests types-urllib3 typing typing-extensions "
        + "typing-inspection tzdata ujson ultralytics unidecode unit up uritemplate url urllib3 uvicorn "
        + "uvicorn[standard uvloop uwsgi validators vcs version versioneer versioneer[toml vine watchdog watchfiles "
        + "waybackpy wcwidth weasyprint webencodings websockets webvtt-py wemake-python-styleguide werkzeug wheel "
        + "whitenoise whitenoise[brotli wrapt wtforms xgboost xhtml2pdf xlrd xlsxwriter yarl yfinance "
        + "youtube-transcript-api ytt zipp zizmor zopfli"
}
