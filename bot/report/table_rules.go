package report

// ruleTable says how each figure is counted: the last table of every report.
func (b Bilan) ruleTable() Table {
	t := Table{
		Sheet: "Règles de comptage", Title: "Règles de comptage",
		Note:    "Comment lire les chiffres de ce document.",
		Columns: []string{"Chiffre", "Comment il est compté"},
	}
	for _, r := range countingRules {
		t.Rows = append(t.Rows, []any{r[0], r[1]})
	}
	return t
}

var countingRules = [][2]string{
	{"Action", "Un enregistrement : ce qui a été fait, un jour, par une personne de l’équipe. Une action notée par deux collègues compte deux fois."},
	{"Actions par domaine, par besoin", "Une action de deux domaines, ou de deux besoins, compte une fois dans chacun : la somme dépasse le nombre d’actions distinctes, qui est donné à côté. Chaque part est rapportée aux actions distinctes."},
	{"Justice et santé ensemble", "Les actions distinctes qui relèvent de l’un des deux domaines au moins : une action qui relève des deux n’y compte qu’une fois."},
	{"Jeunes rencontrés", "La somme des jeunes de chaque action. Un jeune rencontré trois fois compte trois fois : ce ne sont pas des personnes uniques, et aucun fichier de personnes n’existe."},
	{"Premiers contacts", "Les actions notées comme une première rencontre."},
	{"Partenaires sollicités", "Les partenaires distincts auxquels une action au moins a fait appel. Un partenaire renommé reste le même."},
	{"Nouveau partenaire", "Sollicité pendant la période, et pas une seule fois entre le début de l’année précédant son premier jour et ce jour."},
	{"Sollicitation", "Un partenaire auquel une action a fait appel : orientation, accompagnement physique, contact ou réunion. Une action qui en sollicite deux compte deux sollicitations."},
	{"Taux de prise en charge", "Les prises en charge, parmi les issues connues (prises en charge, refus, sans suite). Ce qui est encore attendu et les réunions n’y entrent pas."},
	{"Réponses encore attendues", "Les sollicitations de la période dont la réponse n’est pas connue aujourd’hui."},
	{"Délai moyen de réponse", "Du jour de l’action au jour où la réponse a été connue, en jours, pour les réponses dont le jour est noté ; leur nombre est donné à côté."},
	{"Relance", "Le jour que l’on s’est fixé pour revenir sur une action. Elle est faite, close sans suite, ou encore ouverte ; elle est en retard quand son jour est passé. Les relances ouvertes et en retard sont celles d’aujourd’hui, quelle que soit la période."},
	{"Sans partenaire, trous du réseau", "Les actions où un besoin était noté et où aucun partenaire n’a été sollicité. Pour un même besoin, les quartiers où c’est arrivé moins de 5 fois sont réunis sur une ligne, avec un autre quand ils font moins de 5 en tout. Ni les âges, ni les besoins de danger n’y sont."},
	{"Besoins d’un partenaire", "Les trois qui lui ont été le plus souvent adressés, sans leur nombre, à partir de 5 sollicitations pour chacun."},
	{"Parts et écarts", "Les parts sont arrondies au point, la moitié vers le haut. Un écart en points est la différence des deux parts telles qu’elles sont écrites."},
	{"Période d’avant", "La période de même nature qui précède : l’année, le trimestre, le mois, la semaine, ou autant de jours. Une période qui n’est pas finie est comparée aux mêmes jours de celle d’avant. Quand rien n’y a été noté, ou, pour une année, rien avant avril, aucune comparaison n’est écrite."},
	{"« moins de 5 »", "Un chiffre de 1 à 4 n’est pas écrit quand il concerne les jeunes rencontrés (en tout, par âge, genre, quartier ou mois), les premiers contacts, les besoins ou les quartiers : avec un lieu et un âge, il pourrait désigner quelqu’un. Un besoin ou un quartier dont aucun chiffre ne peut être écrit n’est pas nommé."},
	{"« non détaillé »", "Si un chiffre caché pouvait être retrouvé en soustrayant les autres du total de sa ligne, de sa colonne ou de son domaine, le plus petit chiffre écrit de cette ligne ou de cette colonne, zéros à part, est caché aussi, et ainsi de suite tant qu’une seule valeur reste possible ; s’il n’en reste pas, la ligne entière n’est pas détaillée. Un ensemble de moins de 5, ou dont le total est caché, n’est pas détaillé du tout. Un quartier de moins de 5 actions est réuni à d’autres ; de celui dont les actions sont cachées, rien n’est écrit. Une part ou un écart qui redonnerait un chiffre caché est caché avec lui."},
	{"Ce que cette règle ne protège pas", "Le total des actions, les domaines, les types d’action et les partenaires sont toujours écrits, même de 1 à 4. Chaque document est protégé seul : deux documents comparés (une équipe et le service, une équipe et les autres, une année et ses trimestres ou ses mois, un bilan refait après des corrections) peuvent donner par soustraction un chiffre que chacun cache. Avant d’en diffuser plusieurs, choisissez un seul découpage. Qui sait que chaque action compte au moins un jeune peut aussi resserrer un chiffre caché."},
}
