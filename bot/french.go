package bot

import (
	"strings"
	"unicode"

	"maillage/bot/french"
)

// What the bot says outside of questions. A refusal says what to do.
const (
	groupOnly       = "Je ne travaille qu’en conversation privée : ouvrez ma fiche et touchez « Message »."
	strangerLine    = "Ce bot est réservé aux équipes invitées. Avec un code d’invitation, écrivez /start suivi du code."
	badCode         = "Ce code d’invitation n’est pas valable : il a déjà servi, il a expiré ou il est mal recopié. Demandez-en un autre à votre chef de service."
	goneTeam        = "Votre équipe ne figure plus dans la configuration. Demandez une nouvelle invitation à votre chef de service."
	nothingPending  = "Rien n’est en cours. Décrivez une action en une phrase, ou touchez /action."
	cancelled       = "Annulé. Rien n’a été enregistré."
	cancelledNext   = "Annulé. Voici la phrase suivante."
	nothingToCancel = "Rien n’est en cours : il n’y a rien à annuler."
	staleCard       = "Cette carte avait changé : la voici à jour."
	closedCard      = "Cette carte n’est plus active. Décrivez une action en une phrase, touchez /action, ou /historique pour relire."
	unknownButton   = "Je ne reconnais pas ce bouton. /aide rappelle ce que je sais faire."
	unknownCommand  = "Je ne connais pas cette commande. /aide rappelle ce que je sais faire."
	onlyText        = "Je ne lis que du texte : ni photo, ni vocal, ni fichier. Rien n’a été gardé, et vous pouvez supprimer ce message. Décrivez l’action en une phrase."
	onlyTextHere    = "Je ne lis que du texte : rien n’a été gardé de cet envoi. Répondez avec les boutons ou en quelques mots."
	tooLong         = "C’est trop long pour moi : une ou deux phrases suffisent, sans nom ni détail sur la personne. Rien n’a été gardé."
	noWords         = "Je n’ai trouvé aucun mot dans ce message. Décrivez l’action en une phrase, ou touchez /action."
	notUnderstood   = "Je n’ai reconnu ni besoin, ni public, ni partenaire dans cette phrase, et rien n’a été gardé. Dites-le autrement, ou touchez /action pour répondre à des questions."
	personalData    = "Je n’ai rien gardé de ce qui peut désigner une personne : "
	noCorrection    = "Je n’ai pas compris cette correction. Touchez un bouton, ou écrivez par exemple « 16 ans », « hier » ou « deux filles »."
	editedKept      = "Je ne relis pas un message modifié. Corrigez avec les boutons de la carte, ou avec /historique si l’action est enregistrée."
	editedIdle      = "Je ne relis pas un message modifié : envoyez la phrase dans un nouveau message."
	chooseOption    = "Je n’ai pas reconnu cette réponse. Touchez un des boutons."
	chooseNeedFirst = "Choisissez au moins un besoin, ou touchez Passer."
	waitingCard     = "Une action n’est pas encore enregistrée. Terminez-la ou annulez-la : votre nouvelle phrase s’ouvrira aussitôt."
	waitingDanger   = "Pour la nouvelle phrase, sans attendre :"
	waitingFull     = "Trop de phrases attendent déjà. Enregistrez ou annulez la carte en cours, puis renvoyez celle-ci."
	finishFirst     = "Une action est en cours : enregistrez-la ou annulez-la d’abord."
	tooLateToUndo   = "Il est trop tard pour annuler ici : /historique permet encore de corriger ou de supprimer."
	alreadyGone     = "Cette action n’existe plus : elle a été supprimée ou corrigée depuis."
	undone          = "Action annulée : elle ne compte plus nulle part."
	uncorrected     = "Correction annulée : l’action est de nouveau comme avant."
	untreated       = "annulé, la relance est de nouveau comme avant."
	deleted         = "Action supprimée : elle ne compte plus nulle part."
	emptyHistory    = "Aucune action pour l’instant. Décrivez la première en une phrase, ou touchez /action."
	countOnlyNotice = "seul un décompte sera gardé, ni âge ni quartier"
	apology         = "Désolé, quelque chose n’a pas marché de mon côté. Rien n’est perdu : réessayez dans un instant."
	chefOnly        = "Ceci est réservé aux chefs de service : demandez au vôtre. Un mot mal compris ? Corrigez la carte, il le verra."
	noMisread       = "Rien à revoir : aucune carte n’a été corrigée à cause d’un mot."
	someMisread     = "Ces mots n’ont pas été compris, ou l’ont été de travers. Touchez-en un pour dire ce qu’il faut y lire : toute l’équipe en profite aussitôt."
	settledFollowUp = "C’était déjà noté : rien n’a changé. /historique permet de corriger."
	nothingAwaited  = "Aucune réponse n’est attendue de vos dernières actions."
	ownFollowUps    = "Ce sont vos propres relances : chacun, dans l’équipe, voit et traite les siennes."
	unknownPeriod   = "Je n’ai pas reconnu cette période. Écrivez par exemple /semaine 46, /mois octobre, /bilan 2025, /bilan T3 ou /bilan du 01/03/2026 au 15/04/2026."
	periodToCome    = "Cette période n’a pas commencé : il n’y a encore rien à compter."
	noPartner       = "Aucun partenaire de l’annuaire ne correspond. Essayez un nom, un sigle ou un besoin."
)

// maxToast is the length Telegram allows a toast, in characters.
const maxToast = 200

// maxSentence bounds a sentence, in characters: what is longer is a note, and notes are about persons.
const maxSentence = 1000

// paragraphs joins what is not empty with a blank line.
func paragraphs(parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, "\n\n")
}

func (r Reply) typeset() Reply {
	r.Toast = french.Typeset(r.Toast)
	if r.Edit != nil {
		m := r.Edit.typeset()
		r.Edit = &m
	}
	for i, m := range r.Send {
		r.Send[i] = m.typeset()
	}
	return r
}

func (m Message) typeset() Message {
	m.Text = french.Typeset(m.Text)
	for _, row := range m.Rows {
		for i := range row {
			row[i].Label = french.Typeset(row[i].Label)
		}
	}
	return m
}

// hasLetter tells whether a text has a word to read at all.
func hasLetter(s string) bool { return strings.IndexFunc(s, unicode.IsLetter) >= 0 }
