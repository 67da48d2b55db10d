"""What a sentence names: metrics, baselines, data, hardware, conditions. Word lists and patterns, nothing learnt.

A phrase is always the paper's own; where a pattern finds none, nothing is put in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from importers.compiler.caseless import in_place

_METRIC = (
    r"\b(?:accuracy|BLEU|ROUGE(?:-[L12])?|METEOR|CIDEr|perplexity|PPL|F1(?:[- ]score)?|AUC|AUROC|mAP|mean average "
    r"precision|precision|recall|throughput|latency|"
    r"speed-?ups?|wall-clock time|training time|inference time|runtime|run-time|memory(?: usage| footprint| "
    r"consumption)?|FLOPs|GPU hours|training costs?|error(?: rate)?|"
    r"(?:test|training|validation|cross-entropy|mean squared|prediction) "
    r"(?:loss|error)|MSE|RMSE|MAE|PSNR|SSIM|FID|CLIP score|CER|WER|EM|exact match|pass rate|pass@\d+|win "
    r"rate|success rate|reward|return|"
    r"regret|sample complexity|convergence rate|compression ratio|acceptance (?:rate|length)|hit rate|cache "
    r"hit|tokens per second|TPS|requests? rate|log-likelihood|likelihood|"
    r"correlation|SDR|IoU|NDCG|MRR|sensitivity|specificity|coverage|power|variance|bias|Elo|score|quality"
    r"|scalability|robustness|stability|cost|defects?)\b"
)
_METRICS = re.compile(_METRIC, re.IGNORECASE)
_LOWER_METRICS = re.compile(_METRIC.lower())
_WORDS = re.compile(r"[a-z][a-z0-9@-]*")
METRIC_WORDS = frozenset(
    """accuracy bleu-1 bleu-2 bleu-3 bleu-4
    bleu rouge rouge-1 rouge-2 rouge-l meteor cider perplexity ppl f f1 f1-score auc auroc map
    precision recall throughput latency speedup speedups speed-up speed-ups wall-clock time runtime run-time
    memory flops gpu hours cost costs error loss mse rmse mae psnr ssim fid clip cer wer em exact pass
    pass@1 win success reward return regret complexity rate compression acceptance hit cache tokens tps
    request requests log-likelihood likelihood correlation sdr iou ndcg mrr sensitivity specificity coverage
    power variance bias elo score quality scalability robustness stability defect defects""".split()
)
_BASELINE = re.compile(
    r"\b(?:than|over|compared? (?:\w+ )?(?:to|with|against)|relative "
    r"to|against|outperform(?:s|ed|ing)?|surpass(?:es|ed|ing)?|versus|vs\.?|comparable to|competitive with|on par "
    r"with|beats?|better than|exceed(?:s|ing)?)\s+"
    r"((?:[\w-]+ ){0,2}?(?:architectures|methods|models|approaches|systems"
    r"|algorithms) based on [\w -]{3,50}?(?=[,.;:()]"
    r"|\s(?:by|for|in|with|while|when|and (?:is|are))\b|$)|(?:the |all |both |other |existing |previous |prior "
    r"|standard |strong |state-of-the-art "
    r")*[\w$](?:[^,.;:()]|\.(?=\d)){2,80}?(?:\s\([A-Z][\w -]{1,18}\))?)(?=\s+(?:by|on|in|for|with|while|when|at"
    r"|using|across"
    r"|under|and (?:(?:achiev|reduc|improv)\w*|is|are|has|have|might|may|can|could|will|does|thus|also|\w+s the\b)"
    r"|is|are|may|might|can|could|will|would|should|must|was|were|without|due|because|as|such"
    r"|including|based|trains?"
    r"|that|which|where|since|whose|has|have|we|it|after|before|per|does|do|can|requires?|performs?|uses?|but"
    r"|though|from|both|improves?|contains?|achieves?|shows?|gives?|reach(?:es)?|outperforms?|obtains?"
    r"|regardless|despite|even|to|and \d[\d.]*)\b|[,;:()]|\.(?!\d)|$)",
    re.IGNORECASE,
)
_NAMED = r"(?:the\s+)?(?:[a-z]+-[a-z]+\s)?[A-Z][\w.+/&-]*(?:\s[A-Z\d][\w.+/&-]*){0,3}"
_MORE_NAMES = re.compile(  # the rest of a list: "systems A" of "systems A, B, and C", "tools" of "tools like A and B"
    rf"(?:,?\s+(?:such as|like|including|e\.g\.,?|namely)\s+{_NAMED})?"
    rf"(?:,\s+{_NAMED})*,?(?:\s+(?:and|or)\s+{_NAMED}(?:\s\([A-Z]\w{{1,14}}\))?)?"
)
_NO_BASELINE = re.compile(
    r"(?:one|two|half|ever|random|chance|a single|its own|each other|time|multiple|several|many|any of|it|them"
    r"|us|expected"
    r"|doubles?|triples?|halves|quadruples?|\w+ly\b|we|usual|just|only|the (?:range|course|entire|whole|last"
    r"|past|same)|existing$|previous$|prior$|other$|before"
    r"|(?:the |all )?(?:tasks?|data ?sets?|benchmarks?|metrics|settings?|seeds|runs|epochs)\b|\w+ing\b.{0,12}$)",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b((?:on|across|over|under|when|if|for|with|at|assuming|provided|given|in|during|after|using|whenever|as long "
    r"as|without)\s+(?:(?!\b(?:respect|order|particular|addition|fact|which|that|terms)\b)[^,.;:()]){3,90}?)"
    r"(?=,|\.(?:\s|$)|;|:|\)|\(|$|\s(?:and "
    r"(?:we|our|the)|while|but|which|that|we|is|are|shows?|achieves?|outperforms?|reduces?|improves?)\b)",
    re.IGNORECASE,
)
_REGIME = re.compile(
    r"(?:tasks?|data ?sets?|benchmarks?|corpus|corpora|suites?|settings?|regimes?|assumptions?|conditions?|budget"
    r"|length|batch|tokens?|layers?|parameters|noise|GPUs?|models?|scales?|"
    r"horizon|dimensions?|seeds?|resolution|workloads?|hardware|samples?|languages?|domains?|modalit|environments?"
    r"|networks?|graphs?|classes|functions?|translation|classification|detection|"
    r"generation|parsing|captioning|evaluation|training|inference|decoding|limit|bounded|convex|smooth|linear"
    r"|gaussian|stable|[A-Z][a-z]*[A-Z\d]\w*|[A-Z]{3,}|\d)"
)
_NO_CONDITION = re.compile(
    r"(?:in|on|from|with|for) (?:Table|Figure|Fig|Section|Appendix|Tables|Figures)\b|over (?:\d|existing"
    r"|prior|previous|the (?:existing|"
    r"previous|strongest|best|baseline|strong))|in (?:(?:our|this|these|the) )?(?:paper|work|section"
    r"|abstract|literature|experiments)\b"
    r"|(?:at|by|for|with|to) (?:less|more|up|over|about|around|only|least|most)\b|for (?:example|instance)"
    r"|over \S+ \w+$",
    re.IGNORECASE,
)
_HARDWARE = re.compile(
    r"\b(?:(?:(?:\d+|one|two|four|eight|sixteen|single)\s(?:[×x]\s)?)?(?:NVIDIA|AMD|Intel|Google|Apple|Nvidia"
    r"|Tesla|GeForce|Quadro)(?:\s(?:GPUs?\b|[A-Z\d][\w.-]*)){1,5}"
    r"|(?:[AVHPKTBL]\d{2,4}s?|T4)\b(?:\s*(?:GPUs?|PCIe|SXM\d?))?|RTX\s?\d{4}\w*|GTX\s?\d{3,4}\w*|TPU\s?v?\d\w*|"
    r"\d+\s?(?:GB|TB|GiB)\b[^,.;()]{0,25}?(?:memory|RAM|HBM|VRAM)|Xeon[\w -]{0,20}|EPYC[\w "
    r"-]{0,10}|(?:\d+|single|one|two|four|eight|sixteen)\s(?:[\w-]+\s){0,2}?(?:GPUs?|CPUs?|TPUs?|cores|nodes"
    r"|machines)|CPU cores|Raspberry Pi|Jetson \w+)"
)
_FRAMEWORK = re.compile(
    r"\b(?:PyTorch|TensorFlow|tensor2tensor|JAX|Keras|Flax|MXNet|Theano|Caffe|CUDA(?:\s?\d[\d.]*)?|cuDNN|cuBLAS"
    r"|CUTLASS|Triton|DeepSpeed|Megatron(?:-LM)?|Hugging ?Face(?: Transformers)?|vLLM|"
    r"FasterTransformer|TensorRT(?:-LLM)?|ONNX|scikit-learn|NumPy|SciPy|pandas|NetworkX|OpenAI "
    r"Gym|Gymnasium|MuJoCo|fairseq|AllenNLP|spaCy|Ray|NCCL|MPI|MATLAB|Julia|Fortran|Mathematica|"
    r"Docker|Kubernetes|Spark|FlexGen|HAI-LLM|Gurobi|CVXPY|MOSEK|Chainer|PaddlePaddle|LLVM|OpenMP|Stan|PyMC"
    r"|Playwright|pytest)\b"
)
_LANGUAGE = re.compile(
    r"\b(?:Python(?:\s?\d(?:\.\d+)*)?|C\+\+(?:\d\d)?|Rust|Julia|MATLAB|Java|Scala|Haskell|Fortran"
    r"|Go(?= (?:language|code|implementation))|R(?= (?:package|code|script|language)))(?![\w])"
)
_LANGUAGES = ("Python", "C++", "Rust", "Julia", "MATLAB", "Java", "Scala", "Haskell", "Fortran", "Go ", "R ")
_RELEASE = re.compile(
    r"\b(?!(?:Table|Figure|Section|Sec|Fig|Eq|Chapter|Theorem|Lemma|Appendix|Definition|Version|Corollary|Remark"
    r"|Proposition|Algorithm|GPT|Llama|LLaMA|Qwen|Gemma|Claude|Gemini|Mistral|Phi|License|BY)\b)"
    r"(?:[A-Z][A-Za-z+-]*|[a-z]+[A-Z][A-Za-z]*|transformers|numpy|scipy|torch|pandas)[ -]?"
    r"(?:\s?version\s?|\sv)\d+\.\d+(?:\.\d+)*\b"
    r"|\b(?:Python|CUDA|cuDNN|PyTorch|TensorFlow|JAX|NumPy|SciPy|transformers|vLLM|Ubuntu|CentOS|GCC|LLVM|MATLAB"
    r"|ROCm|NCCL"
    r"|Triton|scikit-learn|Keras|Java|Julia|Gurobi|CPLEX|Linux)\s?v?\d+(?:\.\d+)+\b"
)
_DECIMAL = re.compile(r"\d\.\d")  # in every release
_SEED = re.compile(r"\b(?:random )?seeds?\b", re.IGNORECASE)
_DATASET = re.compile(
    r"\b(?:[A-Z][\w@+./-]*(?:\s[A-Z\d][\w+.-]*){0,3})(?=\s+(?:data "
    r"?sets?|benchmarks?|corpus|corpora|data|task|tasks|test sets?|suite|collection|challenge)\b)"
    r"|\b(?:ImageNet(?:-1[kK])?|CIFAR-?\s?100?|MNIST|COCO|WMT\s?\d+|SQuAD(?:\s?\d\.\d)?|GLUE|SuperGLUE|MMLU|GSM8K"
    r"|HumanEval|MBPP|WikiText-?\d*|PTB|OpenWebText|The Pile|C4|HellaSwag|PIQA|ARC|BoolQ|"
    r"LAMBADA|LibriSpeech|MovieLens|KITTI|Cityscapes|Atari|MuJoCo|D4RL|ShareGPT|Alpaca|TriviaQA|XSUM|CNN/Daily "
    r"?Mail|HELM|NaturalQuestions|OpenImages|LAION|Penn Treebank|WSJ)\b"
)
# The pattern matches nothing without one of these; to look for them costs a tenth of it.
_DATASET_HINTS = (
    "data", "benchmark", "corpus", "corpora", "task", "test set", "suite", "collection", "challenge", "ImageNet",
    "CIFAR", "MNIST", "COCO", "WMT", "SQuAD", "GLUE", "MMLU", "GSM8K", "HumanEval", "MBPP", "WikiText", "PTB",
    "OpenWebText", "The Pile", "C4", "HellaSwag", "PIQA", "ARC", "BoolQ", "LAMBADA", "LibriSpeech", "MovieLens",
    "KITTI", "Cityscapes", "Atari", "MuJoCo", "D4RL", "ShareGPT", "Alpaca", "TriviaQA", "XSUM", "CNN/Daily", "HELM",
    "NaturalQuestions", "OpenImages", "LAION", "Penn Treebank", "WSJ",
)  # fmt: skip
# The pattern matches nothing without one of these; what begins with a capital is sooner looked for by itself.
_HARDWARE_WORDS = ("cores", "nodes", "machines")
_HARDWARE_HINT = re.compile(
    "PU|GB|TB|NVIDIA|Nvidia|Intel|AMD|Tesla|GeForce|RTX|GTX|Xeon|EPYC|A100|H100|V100|P100|H800|A10|T4|L4|K80"
    "|Raspberry|Jetson|GiB"
)
RELEASE_WORDS = frozenset(
    """version python cuda cudnn pytorch tensorflow jax numpy scipy transformers vllm ubuntu centos gcc llvm matlab rocm
    nccl triton scikit-learn keras java julia gurobi cplex linux torch pandas""".split()
)
LANGUAGE_WORDS = frozenset("python c c++ rust julia matlab java scala haskell fortran go r".split())
FRAMEWORK_WORDS = frozenset(
    """pytorch tensorflow tensor2tensor jax keras flax mxnet theano caffe cuda cudnn cublas cutlass triton
    deepspeed megatron megatron-lm hugging huggingface vllm fastertransformer tensorrt tensorrt-llm onnx
    scikit-learn numpy scipy pandas networkx openai gymnasium mujoco fairseq allennlp spacy ray nccl mpi
    matlab julia fortran mathematica docker kubernetes spark flexgen hai-llm gurobi cvxpy mosek chainer
    paddlepaddle llvm openmp stan pymc playwright pytest""".split()
)
DATASET_WORDS = frozenset(
    """dataset datasets data benchmark benchmarks corpus corpora task tasks test suite collection challenge
    imagenet imagenet-1k cifar-10 cifar-100 cifar10 cifar100 mnist coco wmt squad glue superglue mmlu gsm8k
    humaneval mbpp wikitext-2 wikitext-103 ptb openwebtext pile c4 hellaswag piqa arc boolq lambada
    librispeech movielens kitti cityscapes atari mujoco d4rl sharegpt alpaca triviaqa xsum helm
    naturalquestions openimages laion penn wsj""".split()
)
_FORMAT = re.compile(r"(?:FP|BF|INT|TF|UINT|E)\d+(?:M\d)?", re.IGNORECASE)
_MIXED = re.compile(r"[A-Z].*[A-Z0-9]|[a-z].*[A-Z]|\d|\s[A-Z]")
_PLAIN_NAMES = frozenset(
    "Cityscapes Atari Alpaca Pile Wikipedia Reddit Twitter Amazon Yelp Flickr Kinetics Omniglot".split()
)
_NOT_DATASET = frozenset(
    "The Our This These We In On For All Each A An Both Most Many Several Such Table Figure Section Their "
    "Its Other NLP RL QA VQA CV ML AI NLU NLG LLM LLMs LM CNN RNN CTR ASR OCR NER POS MT IR GPU CPU SFT RLHF API SQL "
    "NN DNN GAN KV".split()
)


def _names_metric(text: str) -> bool:
    return not METRIC_WORDS.isdisjoint(_WORDS.findall(text.lower()))


def metrics_in(texts: Iterable[str]) -> list[str]:
    """Metrics named, each once, in order."""
    return _unique(metric for text in texts if _names_metric(text) for metric in _named_metrics(text))


def _named_metrics(text: str) -> list[str]:
    """As they stand; in lower case, where that is the same, they are found several times faster."""
    lowered = in_place(text)
    if lowered is not None:
        return [text[match.start() : match.end()] for match in _LOWER_METRICS.finditer(lowered)]
    return [match[0] for match in _METRICS.finditer(text)]


def baselines_in(texts: Iterable[str]) -> list[str]:
    """What things are compared with, in the paper's words."""
    found = _unique(
        _whole_list(re.sub(r"^(?:even|for|in|on|with|that of|those of)\s", "", match[1].strip()), text, match.end(1))
        for text in texts
        for match in _BASELINE.finditer(text)
    )
    return [
        phrase
        for phrase in found
        if not re.fullmatch(r"(?:the|all|both|other|a|an|\W|\d|[%×x])+(?:\s\w+)?", phrase)
        and not phrase[0].isdigit()
        and "$" not in phrase
        and not _NO_BASELINE.match(phrase)
        and not any(phrase != other and other.lower().startswith(phrase.lower()) for other in found)
    ]


def _whole_list(phrase: str, text: str, end: int) -> str:
    """The phrase with the names that go on after it, where they end as a list or an example does."""
    more = _MORE_NAMES.match(text, end)
    rest = more[0] if more else ""
    named = re.search(r"[A-Z][\w.+/-]*$", phrase) is not None or re.match(r",?\s+(?:such as|like|incl|e\.g|name)", rest)
    if not rest.strip(" ,") or not named or len(rest) > 90:
        return phrase
    listed = re.search(r"\b(?:and|or|such as|like|including|namely)\s|e\.g\.", rest)
    goes_on = re.match(r"\s+(?:[a-z]+s|[a-z]+ed|is|are|was|were|can)\b", text[end + len(rest) :])
    return f"{phrase}{rest.rstrip(' ,.')}" if listed and not (goes_on and " and " in rest) else phrase


def conditions_in(texts: Iterable[str]) -> list[str]:
    """The regime a sentence states: on which data, at which size, under which assumption."""
    phrases = _unique(match[1].strip() for text in texts for match in _CONDITION.finditer(text))
    kept = [
        phrase
        for phrase in phrases
        if (_REGIME.search(phrase) and 3 <= phrase.count(" ") + 1 <= 18)
        or (len(phrase.split()) == 2 and re.search(r"[A-Z]{2,}|\d", phrase))
    ]
    kept = [phrase for phrase in kept if not _NO_CONDITION.match(phrase)]
    return [phrase for phrase in kept if not any(phrase != other and phrase in other for other in kept)]


def hardware_in(texts: Iterable[str]) -> list[str]:
    """Processors and memory named."""
    told = (text for text in texts if _HARDWARE_HINT.search(text) or any(map(text.__contains__, _HARDWARE_WORDS)))
    return _unique(match[0].strip(" .") for text in told for match in _HARDWARE.finditer(text))


def frameworks_in(texts: Iterable[str]) -> list[str]:
    """Software named."""
    return _unique(match[0] for text in texts for match in _FRAMEWORK.finditer(text))


def releases_in(texts: Iterable[str]) -> list[str]:
    """Software named with its release: "CUDA 11.6", "transformers v4.30.2"."""
    return _unique(match[0] for text in texts if _DECIMAL.search(text) for match in _RELEASE.finditer(text))


def languages_in(texts: Iterable[str]) -> list[str]:
    """Programming languages named."""
    told = (text for text in texts if any(map(text.__contains__, _LANGUAGES)))
    return _unique(match[0] for text in told for match in _LANGUAGE.finditer(text))


def datasets_in(texts: Iterable[str]) -> list[str]:
    """Data sets and benchmarks named."""
    told = (text for text in texts if any(map(text.__contains__, _DATASET_HINTS)))
    found = _unique(match[0].strip() for text in told for match in _DATASET.finditer(text))
    return [
        name
        for name in found
        if name.split()[0] not in _NOT_DATASET
        and not _FORMAT.fullmatch(name)
        and (_MIXED.search(name) or name in _PLAIN_NAMES)
    ]


def says_seed(text: str) -> bool:
    """Whether a sentence speaks of random seeds."""
    return _SEED.search(text) is not None


def _unique(phrases: Iterable[str]) -> list[str]:
    seen: dict[str, str] = {}
    for phrase in phrases:
        seen.setdefault(phrase.lower(), phrase)
    return list(seen.values())
