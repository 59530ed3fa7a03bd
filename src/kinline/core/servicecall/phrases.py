"""Every phrase that a service call speaks of its own."""

from typing import Final

from kinline.core.callflow.phrases import Phrase, phrase
from kinline.core.speech import Digits, SpokenName

PHRASES: Final[tuple[Phrase, ...]] = (
    phrase(
        "service.greet_code",
        "Hello, this is {provider}. To hear your code, press {key}. If you did not ask for a code, press {no}.",
        "Hola, le habla {provider}. Para oír su código, oprima {key}. Si usted no pidió ningún código, oprima {no}.",
        provider=SpokenName,
        key=Digits,
        no=Digits,
    ),
    phrase(
        "service.code",
        "Your code is {code}. Once more: {code}.",
        "Su código es {code}. Una vez más: {code}.",
        code=Digits,
    ),
    phrase(
        "service.code_again",
        "To hear it again, press {key}.",
        "Para oírlo otra vez, oprima {key}.",
        key=Digits,
    ),
    phrase(
        "service.refused",
        "Thank you for telling us. We will not call you like this again today. Goodbye.",
        "Gracias por avisarnos. Hoy no le llamaremos más de esta manera. Adiós.",
    ),
    phrase(
        "service.greet_line_test",
        "Hello, this is {provider}. You asked us to test your phone. To begin, press {key}. If you did not ask for"
        " this, press {no}.",
        "Hola, le habla {provider}. Usted nos pidió probar su teléfono. Para empezar, oprima {key}. Si usted no lo"
        " pidió, oprima {no}.",
        provider=SpokenName,
        key=Digits,
        no=Digits,
    ),
    phrase(
        "service.greet_call_back",
        "Hello, this is customer service of {provider}, calling back as you asked. To talk to a person, press {key}."
        " If you did not ask for this, press {no}.",
        "Hola, le llama el servicio al cliente de {provider}, como usted nos pidió. Para hablar con una persona, oprima"
        " {key}. Si usted no lo pidió, oprima {no}.",
        provider=SpokenName,
        key=Digits,
        no=Digits,
    ),
    phrase(
        "service.connecting",
        "We are connecting you. This call is not recorded.",
        "Lo estamos comunicando. Esta llamada no se graba.",
    ),
    phrase(
        "service.no_person",
        "We are sorry: nobody can answer right now. Ask for another call on the page of your case. Goodbye.",
        "Lo sentimos: nadie puede contestar en este momento. Pida otra llamada en la página de su caso. Adiós.",
    ),
    phrase("test.key", "That key arrived. Now press {key}.", "Esa tecla llegó. Ahora oprima {key}.", key=Digits),
    phrase(
        "test.key_again",
        "That was another key, or none. Please press {key}.",
        "Esa fue otra tecla, o ninguna. Oprima {key}.",
        key=Digits,
    ),
    phrase(
        "test.speak",
        "Now say a few words, as you would in a call. We record three seconds, play them to you, and delete them."
        " Please speak now.",
        "Ahora diga unas palabras, como lo haría en una llamada. Grabamos tres segundos, se los tocamos y los borramos."
        " Hable ahora.",
    ),
    phrase("test.not_heard", "We did not hear you.", "No lo oímos."),
    phrase("test.playing_back", "This is how we heard you:", "Así lo oímos a usted:"),
    phrase(
        "test.heard_well",
        "If you heard yourself well, press {yes}. If not, press {no}.",
        "Si se oyó bien, oprima {yes}. Si no, oprima {no}.",
        yes=Digits,
        no=Digits,
    ),
    phrase("test.measuring", "One moment, please.", "Un momento, por favor."),
    phrase("test.good", "Your phone and your line are good for calls.", "Su teléfono y su línea están bien."),
    phrase(
        "test.fair",
        "Calls will work, and something could be better.",
        "Las llamadas funcionarán, y algo podría estar mejor.",
    ),
    phrase("test.poor", "Calls on this line may fail.", "Las llamadas en esta línea pueden fallar."),
    phrase(
        "test.loss",
        "Parts of your voice were lost on the way. Move closer to your internet router, or to a window on a mobile"
        " phone, or use another phone.",
        "Partes de su voz se perdieron en el camino. Acérquese a su módem de internet, o a una ventana si usa un"
        " celular, o use otro teléfono.",
    ),
    phrase(
        "test.jitter",
        "Your voice arrived unevenly. If you call over the internet, let nobody else use much of it during a call.",
        "Su voz llegó de manera irregular. Si llama por internet, que nadie más lo use mucho durante la llamada.",
    ),
    phrase(
        "test.delay",
        "Your voice arrived late. Pause after you speak, so that you do not talk over each other.",
        "Su voz llegó con retraso. Haga una pausa después de hablar, para no hablar los dos a la vez.",
    ),
    phrase(
        "test.silent",
        "We heard nothing of you. See that your microphone is not muted or covered.",
        "No oímos nada de usted. Revise que su micrófono no esté apagado ni tapado.",
    ),
    phrase(
        "test.quiet",
        "Your voice was very quiet. Speak closer to the phone, and not on the loudspeaker.",
        "Su voz se oyó muy baja. Hable más cerca del teléfono, y no en altavoz.",
    ),
    phrase(
        "test.clipped",
        "Your voice was too loud and sounded torn. Hold the phone a little farther away.",
        "Su voz llegó demasiado fuerte y se oyó rota. Aleje un poco el teléfono.",
    ),
    phrase(
        "test.keys",
        "Not every key arrived as you pressed it. You accept a call with a key: press it for a moment longer, or use"
        " another phone.",
        "No todas las teclas llegaron como usted las oprimió. Una llamada se acepta con una tecla: manténgala oprimida"
        " un poco más, o use otro teléfono.",
    ),
    phrase(
        "test.heard_badly",
        "You did not hear yourself well. Raise the volume of your phone, and try it again in another place.",
        "Usted no se oyó bien. Suba el volumen de su teléfono, y pruebe otra vez en otro lugar.",
    ),
    phrase(
        "test.not_measured",
        "We are sorry: we could not measure your line now. Please try again later. Goodbye.",
        "Lo sentimos: no pudimos medir su línea ahora. Inténtelo más tarde. Adiós.",
    ),
    phrase(
        "test.goodbye",
        "What you said is deleted. You find all that we measured on the page of your account. Goodbye.",
        "Lo que usted dijo está borrado. Todo lo que medimos está en la página de su cuenta. Adiós.",
    ),
    phrase("service.goodbye", "Thank you. Goodbye.", "Gracias. Adiós."),
)
